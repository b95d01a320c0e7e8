package io.sluice.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.console.Observation.Instance;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SharesTest {

    private static Instance instance(String id, String health, int weight, long picks) {
        return new Instance(id, health, "", null, weight, weight, null, 0, picks, 0, null, null);
    }

    private static Observation.Upstream upstream(Instance... instances) {
        return upstream(false, false, null, List.of(instances));
    }

    private static Observation.Upstream upstream(
            boolean panicking,
            boolean zoneLocal,
            Observation.@Nullable Ring ring,
            List<Instance> instances) {
        return new Observation.Upstream(
                "shop", "round-robin", null, null, panicking, zoneLocal, ring, instances);
    }

    private static List<@Nullable Double> shares(Picture.Upstream shown) {
        List<@Nullable Double> shares = new ArrayList<>();
        shown.instances().forEach(one -> shares.add(one.share()));
        return shares;
    }

    private static List<@Nullable Double> ideals(Picture.Upstream shown) {
        List<@Nullable Double> ideals = new ArrayList<>();
        shown.instances().forEach(one -> ideals.add(one.idealShare()));
        return ideals;
    }

    @Test
    void share_sinceBefore_isThePartOfThePicks() {
        Picture.Upstream shown =
                Shares.shown(
                        upstream(instance("a", "up", 1, 130), instance("b", "up", 3, 110)),
                        upstream(instance("a", "up", 1, 100), instance("b", "up", 3, 100)),
                        10);

        assertThat(shares(shown)).containsExactly(0.75, 0.25);
        assertThat(ideals(shown)).containsExactly(0.25, 0.75);
    }

    @Test
    void share_withoutPicksOrBefore_isUnknown() {
        Observation.Upstream now = upstream(instance("a", "up", 1, 5));

        assertThat(shares(Shares.shown(now, null, 10))).containsOnlyNulls();
        assertThat(shares(Shares.shown(now, now, 10))).containsOnlyNulls();
    }

    @Test
    void share_ofAnInstanceThatIsNew_orCountsAnew_isFromZero() {
        Picture.Upstream shown =
                Shares.shown(
                        upstream(instance("a", "up", 1, 10), instance("b", "up", 1, 30)),
                        upstream(instance("a", "up", 1, 100)),
                        10);

        assertThat(shares(shown)).containsExactly(0.25, 0.75);
    }

    @Test
    void ideal_withInstancesThatAreDown_isSharedByTheOthers() {
        assertThat(
                        ideals(
                                Shares.shown(
                                        upstream(
                                                instance("a", "up", 1, 0),
                                                instance("b", "down", 2, 0),
                                                instance("c", "up", 1, 0),
                                                instance("d", "draining", 0, 0)),
                                        null,
                                        10)))
                .containsExactly(0.5, 0.0, 0.5, 0.0);
    }

    @Test
    void ideal_whenPanicking_countsAll() {
        List<Instance> all = List.of(instance("a", "up", 1, 0), instance("b", "down", 1, 0));

        assertThat(ideals(Shares.shown(upstream(true, false, null, all), null, 10)))
                .containsExactly(0.5, 0.5);
    }

    @Test
    void ideal_whenAllWeighNothing_isEqual_andWhenNoneIsUsableIsUnknown() {
        Picture.Upstream weightless =
                Shares.shown(
                        upstream(instance("a", "draining", 0, 0), instance("b", "draining", 0, 0)),
                        null,
                        10);
        Picture.Upstream down = Shares.shown(upstream(instance("a", "down", 1, 0)), null, 10);

        assertThat(ideals(weightless)).containsExactly(0.5, 0.5);
        assertThat(ideals(down)).containsOnlyNulls();
    }

    @Test
    void ideal_inOneZone_isUnknown() {
        List<Instance> all = List.of(instance("a", "up", 1, 0));

        assertThat(ideals(Shares.shown(upstream(false, true, null, all), null, 10)))
                .containsOnlyNulls();
    }

    @Test
    void instances_moreThanShown_keepsThoseInTroubleAndTheBusiest() {
        List<Instance> many = new ArrayList<>();
        IntStream.range(0, 20).forEach(i -> many.add(instance("i%02d".formatted(i), "up", 1, i)));
        many.set(3, instance("i03", "down", 1, 0));
        List<Instance> before = many.stream().map(i -> instance(i.id(), "up", 1, 0)).toList();

        Picture.Upstream shown =
                Shares.shown(
                        upstream(false, false, null, many),
                        upstream(false, false, null, before),
                        3);

        assertThat(shown.instances())
                .extracting(one -> one.now().id())
                .containsExactly("i03", "i18", "i19");
        assertThat(shown.instancesNotShown()).isEqualTo(17);
    }

    @Test
    void ring_owners_areThePlacesOfTheInstancesShown() {
        Map<String, Double> parts = new LinkedHashMap<>();
        parts.put("a", 0.5);
        parts.put("gone", 0.1);
        parts.put("b", 0.4);
        Observation.Ring ring = new Observation.Ring(parts, List.of(2, 0, 1));
        List<Instance> all = List.of(instance("a", "up", 1, 0), instance("b", "up", 1, 0));

        Picture.Upstream shown = Shares.shown(upstream(false, false, ring, all), null, 10);

        assertThat(shown.owners()).containsExactly(1, 0, -1);
        assertThat(shown.instances())
                .extracting(Picture.Instance::ringShare)
                .containsExactly(0.5, 0.4);
    }
}
