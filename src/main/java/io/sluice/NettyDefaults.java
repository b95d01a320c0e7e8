package io.sluice;

/**
 * What reactor-netty reads from system properties and nowhere else. A value that is already set, on
 * the command line say, is kept. To be applied before the first class of reactor-netty is loaded.
 */
final class NettyDefaults {

    /**
     * Buffers of one body, of at most 8 KiB each, that wait to be written. With reactor-netty's own
     * 128 a client that does not read holds more than 1 MiB of the gateway's memory.
     */
    static final String SEND_WINDOW = "reactor.netty.send.maxPrefetchSize";

    private static final String SEND_WINDOW_BUFFERS = "8";

    /**
     * Event loops. Reactor Netty's own number is four where there are fewer processors, and then
     * they take the processor from each other.
     */
    static final String LOOPS = "reactor.netty.ioWorkerCount";

    private NettyDefaults() {}

    static void apply() {
        System.getProperties().putIfAbsent(SEND_WINDOW, SEND_WINDOW_BUFFERS);
        System.getProperties()
                .putIfAbsent(LOOPS, Integer.toString(Runtime.getRuntime().availableProcessors()));
    }
}
