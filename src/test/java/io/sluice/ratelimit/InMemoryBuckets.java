package io.sluice.ratelimit;

import io.sluice.ratelimit.TokenBucket.Slot;
import io.sluice.ratelimit.TokenBucket.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** States in a map. */
public final class InMemoryBuckets implements TokenBucketContract.Bench {

    private final Map<String, BucketState> states = new HashMap<>();

    @Override
    public Step step(List<String> names, List<Slot> slots, long permits, long now) {
        List<Slot> kept = new ArrayList<>();
        for (int i = 0; i < slots.size(); i++) {
            Slot slot = slots.get(i);
            kept.add(
                    new Slot(slot.shape(), states.get(names.get(i)), slot.cost(), slot.enforced()));
        }
        Step step = TokenBucket.step(kept, permits, now);
        for (int i = 0; i < slots.size(); i++) {
            BucketState changed = step.outcomes().get(i).state();
            if (changed != null) {
                states.put(names.get(i), changed);
            }
        }
        return step;
    }

    @Override
    public @Nullable BucketState state(String name) {
        return states.get(name);
    }

    @Override
    public void put(String name, BucketState state) {
        states.put(name, state);
    }
}
