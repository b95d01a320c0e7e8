package io.sluice.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sluice.upstream.Endpoint;
import io.sluice.upstream.EndpointHealth;
import io.sluice.upstream.EndpointSet;
import io.sluice.upstream.EndpointSet.Member;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectionPlanTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long NOW = 1_000 * SECOND;

    private final Fleet fleet = new Fleet();
    private final Map<String, EndpointHealth> health = new HashMap<>();

    @Test
    void plan_allWell_takesAllAsTheyAre() {
        SelectionPlan plan = plan(SelectionSettings.DEFAULTS, zoned("a", 2), zoned("b", 0));

        assertThat(plan.all()).isSameAs(plan.preferred());
        assertThat(plan.ramping()).isFalse();
        assertThat(plan.panicking()).isFalse();
        assertThat(plan.zoneLocal()).isFalse();
        assertThat(plan.all().weightScale()).isEqualTo(1);
        assertThat(plan.all().members()).extracting(Member::weight).containsExactly(2, 0);
        assertThat(plan.all().members()).allMatch(Member::usable);
        assertThat(plan.all().members().get(0).state()).isSameAs(fleet.states.state("a-0:80"));
    }

    @Test
    void plan_ofNothing_isEmpty() {
        SelectionPlan plan = plan(SelectionSettings.DEFAULTS);

        assertThat(plan.all().size()).isZero();
        assertThat(plan.panicking()).isFalse();
        assertThat(picker(plan, Algorithm.ROUND_ROBIN).pick(PickRequest.UNKEYED, 0)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"1, false", "2, false", "3, true", "4, true"})
    void plan_belowHalfUsable_panics(int down, boolean panics) {
        Endpoint[] four = {zoned("a", 1), zoned("b", 1), zoned("c", 1), zoned("d", 1)};
        for (int i = 0; i < down; i++) {
            health.put(four[i].id(), EndpointHealth.UNUSABLE);
        }

        SelectionPlan plan = plan(SelectionSettings.DEFAULTS, four);

        assertThat(plan.panicking()).isEqualTo(panics);
        assertThat(usable(plan.all())).isEqualTo(panics ? 4 : 4 - down);
    }

    @Test
    void plan_drained_countInNeitherShareOfThePanicThreshold() {
        Endpoint[] endpoints = {zoned("a", 1), zoned("b", 0), zoned("c", 0), zoned("d", 0)};
        health.put("b-0:80", EndpointHealth.UNUSABLE);
        health.put("c-0:80", EndpointHealth.UNUSABLE);
        health.put("d-0:80", EndpointHealth.UNUSABLE);

        assertThat(plan(SelectionSettings.DEFAULTS, endpoints).panicking()).isFalse();
    }

    @Test
    void plan_allDrained_countAsWeightOne() {
        Endpoint[] endpoints = {zoned("a", 0), zoned("b", 0), zoned("c", 0)};
        health.put("b-0:80", EndpointHealth.UNUSABLE);
        health.put("c-0:80", EndpointHealth.UNUSABLE);

        assertThat(plan(SelectionSettings.DEFAULTS, endpoints).panicking()).isTrue();
    }

    @Test
    void plan_panicOff_staysEmptyWithNobodyUsable() {
        health.put("a-0:80", EndpointHealth.UNUSABLE);

        SelectionPlan plan = plan(new SelectionSettings(Duration.ZERO, 0, null), zoned("a", 1));

        assertThat(plan.panicking()).isFalse();
        assertThat(usable(plan.all())).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0, 10", "5, 10", "9, 10", "15, 15", "50, 50", "54, 50", "97, 95", "99, 95"})
    void plan_whileOneClimbs_weightsAreInTwentieths(int percentOfWindow, int percent) {
        SelectionSettings settings = new SelectionSettings(Duration.ofSeconds(100), 50, null);
        health.put("b-0:80", EndpointHealth.usableSince(NOW - percentOfWindow * SECOND));

        SelectionPlan plan = plan(settings, zoned("a", 1), zoned("b", 1), zoned("c", 0));

        assertThat(plan.ramping()).isTrue();
        assertThat(plan.all().weightScale()).isEqualTo(20);
        assertThat(plan.all().members())
                .extracting(Member::weight)
                .containsExactly(20, percent / 5, 0);
    }

    @Test
    void plan_slowStartOver_weightsAreWholeAgain() {
        SelectionSettings settings = new SelectionSettings(Duration.ofSeconds(100), 50, null);
        health.put("b-0:80", EndpointHealth.usableSince(NOW - 100 * SECOND));

        SelectionPlan plan = plan(settings, zoned("a", 1), zoned("b", 3));

        assertThat(plan.ramping()).isFalse();
        assertThat(plan.all().members()).extracting(Member::weight).containsExactly(1, 3);
    }

    @Test
    void plan_slowStartOfADrainedOrDownOne_isNoReasonToComeBack() {
        SelectionSettings settings = new SelectionSettings(Duration.ofSeconds(100), 0, null);
        health.put("a-0:80", EndpointHealth.usableSince(NOW));
        health.put("b-0:80", new EndpointHealth(false, NOW));

        assertThat(plan(settings, zoned("a", 0), zoned("b", 1), zoned("c", 1)).ramping()).isFalse();
    }

    @Test
    void plan_slowStartOff_weightsAreWhole() {
        health.put("a-0:80", EndpointHealth.usableSince(NOW));

        assertThat(plan(SelectionSettings.DEFAULTS, zoned("a", 4)).ramping()).isFalse();
    }

    @Test
    void slowStart_usableInTheFuture_isAtItsBeginning() {
        assertThat(new SlowStart(SECOND).percent(EndpointHealth.usableSince(NOW + 5), NOW))
                .isEqualTo(10);
        assertThat(SlowStart.scaled(Integer.MAX_VALUE, 100)).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void plan_ownZoneWell_staysThere() {
        SelectionPlan plan =
                plan(inZone("x"), zoned("a", 1, "x"), zoned("b", 1, "y"), zoned("c", 1, null));

        assertThat(plan.zoneLocal()).isTrue();
        assertThat(usableIds(plan.preferred())).containsExactly("a-0:80");
        assertThat(usable(plan.all())).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"0, true", "1, true", "2, false", "3, false", "4, false"})
    void plan_ownZoneWanes_spillsOverBelowSeventyPercent(int down, boolean local) {
        Endpoint[] endpoints =
                IntStream.range(0, 8)
                        .mapToObj(i -> zoned("n" + i, 1, i < 4 ? "x" : "y"))
                        .toArray(Endpoint[]::new);
        for (int i = 0; i < down; i++) {
            health.put(endpoints[i].id(), EndpointHealth.UNUSABLE);
        }

        SelectionPlan plan = plan(inZone("x"), endpoints);

        assertThat(plan.zoneLocal()).isEqualTo(local);
        assertThat(usable(plan.preferred())).isEqualTo(local ? 4 - down : 8 - down);
    }

    @Test
    void plan_noEndpointInTheZone_takesAll() {
        SelectionPlan plan = plan(inZone("z"), zoned("a", 1, "x"), zoned("b", 1, "y"));

        assertThat(plan.zoneLocal()).isFalse();
        assertThat(usable(plan.preferred())).isEqualTo(2);
    }

    @Test
    void plan_panic_leavesTheZone() {
        health.put("b-0:80", EndpointHealth.UNUSABLE);
        health.put("c-0:80", EndpointHealth.UNUSABLE);

        SelectionPlan plan =
                plan(inZone("x"), zoned("a", 1, "x"), zoned("b", 1, "y"), zoned("c", 1, "y"));

        assertThat(plan.panicking()).isTrue();
        assertThat(plan.zoneLocal()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void picker_retry_leavesTheZoneOnceItIsTried(Algorithm algorithm) {
        Picker picker =
                picker(
                        plan(
                                inZone("x"),
                                zoned("a", 1, "x"),
                                zoned("b", 1, "x"),
                                zoned("c", 1, "y")),
                        algorithm);
        Set<String> tried = new HashSet<>();

        for (int i = 0; i < 2; i++) {
            Member member = picker.pick(Fleet.key(5).withTried(tried), 0);
            assertThat(member.endpoint().zone()).isEqualTo("x");
            tried.add(member.state().id());
        }
        assertThat(picker.pick(Fleet.key(5).withTried(tried), 0).endpoint().zone()).isEqualTo("y");
        tried.add("c-0:80");
        assertThat(picker.pick(Fleet.key(5).withTried(tried), 0)).isNull();
    }

    /** Every request finds its zone's only endpoint failing, and leaves it for the others. */
    @ParameterizedTest
    @EnumSource(
            value = Algorithm.class,
            names = {"ROUND_ROBIN", "WEIGHTED_ROUND_ROBIN"})
    void picker_everyRequestLeavesTheZone_theOthersShareEvenly(Algorithm algorithm) {
        Picker picker =
                picker(
                        plan(
                                inZone("x"),
                                zoned("a", 1, "x"),
                                zoned("b", 1, "y"),
                                zoned("c", 1, "y"),
                                zoned("d", 1, "y")),
                        algorithm);
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < 300; i++) {
            String own = picker.pick(PickRequest.UNKEYED, 0).state().id();
            PickRequest retry = PickRequest.UNKEYED.withTried(Set.of(own));
            counts.merge(picker.pick(retry, 0).state().id(), 1, Integer::sum);
        }

        assertThat(counts).hasSize(3);
        assertThat(counts.values()).allMatch(count -> count == 100);
    }

    private Picker picker(SelectionPlan plan, Algorithm algorithm) {
        return plan.picker(fleet.balancer(algorithm, 1), fleet.balancer(algorithm, 2));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 101})
    void settings_badPercent_refused(int percent) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SelectionSettings(Duration.ZERO, percent, null))
                .withMessage("panicPercent: " + percent + " (expected: 0 to 100)");
    }

    @Test
    void settings_negativeSlowStart_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SelectionSettings(Duration.ofSeconds(-1), 50, null))
                .withMessageContaining("slowStart: PT-1S");
    }

    private SelectionPlan plan(SelectionSettings settings, Endpoint... endpoints) {
        return SelectionPlan.plan(
                List.of(endpoints),
                fleet.states::state,
                id -> health.getOrDefault(id, EndpointHealth.USABLE),
                settings,
                NOW);
    }

    private static SelectionSettings inZone(String zone) {
        return new SelectionSettings(Duration.ZERO, 50, zone);
    }

    private static Endpoint zoned(String name, int weight) {
        return zoned(name, weight, null);
    }

    private static Endpoint zoned(String name, int weight, String zone) {
        return new Endpoint("http", name + "-0", 80, weight, zone, Map.of());
    }

    private static long usable(EndpointSet set) {
        return set.members().stream().filter(Member::usable).count();
    }

    private static List<String> usableIds(EndpointSet set) {
        return set.members().stream().filter(Member::usable).map(m -> m.state().id()).toList();
    }
}
