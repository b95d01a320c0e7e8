package io.sluice.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sluice.console.Observation.Decisions;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CameraTest {

    private static final long SECOND = 1_000_000_000;
    private static final Observation.Route SHOP =
            new Observation.Route("shop", "lb://shop/v1", "Path=/shop/**");
    private static final Observation.Route PLAIN =
            new Observation.Route("plain", "http://10.0.0.1:80", "Path=/plain");

    private final Camera camera = new Camera();

    private static Counts counts(double requests, double clientErrors, double serverErrors) {
        return new Counts(
                requests,
                clientErrors,
                serverErrors,
                1,
                new double[] {10, 100},
                new double[] {requests / 2, requests});
    }

    private static Observation at(long seconds, Map<String, Counts> counts) {
        return new Observation(
                seconds * SECOND, List.of(SHOP, PLAIN), counts, List.of(), List.of());
    }

    private static Observation.Upstream upstream(String id) {
        return new Observation.Upstream(
                id, "round-robin", "static", null, false, false, null, List.of());
    }

    @Test
    void picture_first_hasNoRatesYet() {
        Picture picture = camera.picture(at(5, Map.of("shop", counts(100, 0, 0))));

        assertThat(picture.total()).isNull();
        assertThat(picture.routes()).extracting(Picture.Route::id).containsExactly("shop", "plain");
        assertThat(picture.routes()).extracting(Picture.Route::traffic).containsOnlyNulls();
    }

    @Test
    void picture_second_hasRatesOfTheTimeBetween() {
        camera.picture(at(5, Map.of("shop", counts(100, 0, 0))));
        Picture picture = camera.picture(at(7, Map.of("shop", counts(140, 10, 6))));

        Picture.Traffic traffic = picture.routes().get(0).traffic();
        assertThat(traffic).isNotNull();
        assertThat(traffic.perSecond()).isEqualTo(20);
        assertThat(traffic.clientErrorsPerSecond()).isEqualTo(5);
        assertThat(traffic.serverErrorsPerSecond()).isEqualTo(3);
        assertThat(traffic.cancelledPerSecond()).isZero();
        assertThat(traffic.p50Millis()).isCloseTo(10, within(1e-9));
        assertThat(traffic.p99Millis()).isCloseTo(98.2, within(1e-9));
        assertThat(picture.total()).isEqualTo(traffic);
    }

    @Test
    void picture_ofARouteWithoutRequests_hasNoPercentiles() {
        camera.picture(at(1, Map.of("shop", counts(5, 0, 0))));
        Picture.Traffic traffic =
                camera.picture(at(2, Map.of("shop", counts(5, 0, 0)))).routes().get(0).traffic();

        assertThat(traffic).isEqualTo(new Picture.Traffic(0, 0, 0, 0, null, null));
    }

    @Test
    void percentiles_afterTenSeconds_forgetWhatWasBefore() {
        camera.picture(at(0, Map.of()));
        for (int second = 1; second <= 30; second++) {
            Picture picture = camera.picture(at(second, Map.of("shop", counts(50, 0, 0))));
            Double p50 = picture.routes().get(0).traffic().p50Millis();
            if (second <= 10) {
                assertThat(p50).as("second %d", second).isNotNull();
            } else if (second > 11) {
                assertThat(p50).as("second %d", second).isNull();
            }
        }
    }

    @Test
    void counters_thatBeganAnew_areTakenFromZero() {
        camera.picture(at(1, Map.of("shop", counts(100, 0, 0))));
        Picture picture = camera.picture(at(2, Map.of("shop", counts(8, 0, 0))));

        assertThat(picture.routes().get(0).traffic().perSecond()).isEqualTo(8);
    }

    @Test
    void requestsWithoutARoute_comeLast() {
        Picture picture = camera.picture(at(1, Map.of("none", counts(1, 1, 0))));

        assertThat(picture.routes())
                .extracting(Picture.Route::id)
                .containsExactly("shop", "plain", "none");
        assertThat(picture.routes().get(2).uri()).isNull();
        assertThat(picture.routes().get(0).upstream()).isEqualTo("shop");
        assertThat(picture.routes().get(1).upstream()).isNull();
        assertThat(new Observation.Route("a", "lb://a", "").upstream()).isEqualTo("a");
    }

    @Test
    void routes_moreThanAPageHolds_leavesThoseWithRequestsInMatchOrder() {
        List<Observation.Route> many =
                IntStream.range(0, 1000)
                        .mapToObj(i -> new Observation.Route("r" + i, "lb://u" + i, ""))
                        .toList();
        Map<String, Counts> counts = Map.of("r998", counts(9, 0, 0), "r500", counts(1, 0, 0));
        camera.picture(new Observation(0, many, Map.of(), List.of(), List.of()));
        List<Observation.Upstream> upstreams =
                IntStream.range(0, 1000).mapToObj(i -> upstream("u" + i)).toList();
        Picture picture =
                camera.picture(new Observation(SECOND, many, counts, upstreams, List.of()));

        assertThat(picture.routes()).hasSize(Camera.MOST_ROUTES);
        assertThat(picture.routesNotShown()).isEqualTo(1000 - Camera.MOST_ROUTES);
        assertThat(picture.routes())
                .extracting(Picture.Route::id)
                .startsWith("r0", "r1")
                .endsWith("r500", "r998");
        assertThat(picture.upstreams()).hasSize(Camera.MOST_UPSTREAMS);
        assertThat(picture.upstreamsNotShown()).isEqualTo(1000 - Camera.MOST_UPSTREAMS);
        assertThat(picture.upstreams().get(1).id()).isEqualTo("u1");
    }

    @Test
    void routes_ofTheSameId_areShownOnce() {
        Picture picture =
                camera.picture(
                        new Observation(0, List.of(SHOP, SHOP), Map.of(), List.of(), List.of()));

        assertThat(picture.routes()).hasSize(1);
    }

    @Test
    void upstreams_thatNoRouteLeadsTo_comeAfterTheOthers() {
        Picture picture =
                camera.picture(
                        new Observation(
                                0,
                                List.of(SHOP, PLAIN),
                                Map.of(),
                                List.of(upstream("a"), upstream("shop")),
                                List.of()));

        assertThat(picture.upstreams())
                .extracting(Picture.Upstream::id)
                .containsExactly("shop", "a");
    }

    private static Observation limited(long seconds, Map<String, Decisions> decisions) {
        Observation.Policy policy =
                new Observation.Policy(
                        "per-ip",
                        10,
                        5,
                        false,
                        decisions,
                        List.of(new Observation.Bucket("ip:192.0.2.1", 1, 10, 4)));
        return new Observation(seconds * SECOND, List.of(), Map.of(), List.of(), List.of(policy));
    }

    @Test
    void policies_bySource_haveRatesAndLeaveOutSourcesThatNeverDecided() {
        camera.picture(
                limited(0, Map.of("local", new Decisions(5, 0, 0), "redis", Decisions.NONE)));
        Picture.Policy policy =
                camera.picture(
                                limited(
                                        2,
                                        Map.of(
                                                "local", new Decisions(9, 2, 0),
                                                "redis", Decisions.NONE,
                                                "coalesced", new Decisions(0, 0, 4))))
                        .policies()
                        .get(0);

        assertThat(policy.perSecond())
                .isEqualTo(
                        Map.of(
                                "local", new Decisions(2, 1, 0),
                                "coalesced", new Decisions(0, 0, 2)));
        assertThat(policy.decisions()).containsOnlyKeys("local", "coalesced");
        assertThat(policy.nearest()).hasSize(1);
    }

    @Test
    void policies_first_haveCountsAndNoRates() {
        Picture.Policy policy =
                camera.picture(limited(0, Map.of("local", new Decisions(5, 0, 0))))
                        .policies()
                        .get(0);

        assertThat(policy.decisions()).containsKey("local");
        assertThat(policy.perSecond()).isEmpty();
    }

    @Test
    void policies_moreThanAPageHolds_areCounted() {
        List<Observation.Policy> many =
                IntStream.range(0, 100)
                        .mapToObj(
                                i ->
                                        new Observation.Policy(
                                                "p" + i, 1, 1, true, Map.of(), List.of()))
                        .toList();
        Picture picture = camera.picture(new Observation(0, List.of(), Map.of(), List.of(), many));

        assertThat(picture.policies()).hasSize(Camera.MOST_POLICIES);
        assertThat(picture.policiesNotShown()).isEqualTo(100 - Camera.MOST_POLICIES);
    }
}
