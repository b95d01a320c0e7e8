package io.sluice.edge.netty;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/** Part of a client's pipeline whose time limits are looked after for as long as it is there. */
abstract class WatchedHandler extends ChannelDuplexHandler implements Rounds.Watched {

    final ClientLimits limits;
    final Rounds rounds;
    private @Nullable ChannelHandlerContext context;

    WatchedHandler(ClientLimits limits, Rounds rounds) {
        this.limits = limits;
        this.rounds = rounds;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        rounds.add(ctx.executor(), this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        rounds.remove(ctx.executor(), this);
    }

    @Override
    public final void look(long now) {
        ChannelHandlerContext ctx = context;
        if (ctx != null && ctx.channel().isActive()) {
            look(ctx, now);
        }
    }

    /** Called twice a second on the event loop while the channel is active; may end it. */
    abstract void look(ChannelHandlerContext ctx, long now);
}
