package io.sluice.routing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the index asks of a request. Each part is asked for at most once, and only where needed. */
public interface RequestFacts {

    /** {@link PathShapes#steps} or {@link HostShapes#steps}. */
    List<String> steps(Dimension dimension);

    /**
     * The values of the method, a header, a query parameter or a cookie; none where it is missing,
     * {@code null} where it cannot be read, so that nothing is ruled out.
     */
    @Nullable List<String> values(Dimension dimension);
}
