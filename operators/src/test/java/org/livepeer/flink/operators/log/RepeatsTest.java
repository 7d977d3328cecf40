package org.livepeer.flink.operators.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.helpers.MessageFormatter;

class RepeatsTest {
    private final AtomicLong nanos = new AtomicLong(-5);
    private final List<String> lines = new ArrayList<>();
    private final Repeats repeats = new Repeats(recorder(), nanos::get);

    @Test
    void theFirstIsLoggedAndThenOnePerTenSecondsWithTheNumberLeftOut() {
        for (int i = 0; i < 100; i++) {
            repeats.warn("beat not sent worker={}", i);
        }
        nanos.addAndGet(Repeats.EVERY.toNanos() - 1);
        repeats.warn("beat not sent worker={}", "just before");

        nanos.addAndGet(1);
        repeats.warn("beat not sent worker={}", "after");
        nanos.addAndGet(Repeats.EVERY.toNanos());
        repeats.warn("beat not sent worker={}", "quiet");

        assertThat(lines)
                .containsExactly(
                        "beat not sent worker=0",
                        "beat not sent worker=after repeats=100",
                        "beat not sent worker=quiet");
    }

    @Test
    void kindsDoNotHideOneAnother() {
        repeats.warn("one worker={}", "a");
        repeats.warn("two worker={}", "a");

        assertThat(lines).containsExactly("one worker=a", "two worker=a");
    }

    private Logger recorder() {
        return (Logger)
                Proxy.newProxyInstance(
                        Logger.class.getClassLoader(),
                        new Class<?>[] {Logger.class},
                        (proxy, method, arguments) -> {
                            lines.add(
                                    MessageFormatter.arrayFormat(
                                                    (String) arguments[0], (Object[]) arguments[1])
                                            .getMessage());
                            return null;
                        });
    }
}
