package dev.terse.trainer.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class WriteGuardTest {

  @Test
  void fullDisk_isToldOnce_andLaterWritesAreTriedAgain() {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Logger logger = (Logger) LoggerFactory.getLogger(WriteGuard.class);
    logger.addAppender(log);
    int[] written = {0};
    WriteGuard guard = new WriteGuard(Path.of("runs", "metrics.jsonl"));
    for (int i = 0; i < 5; i++) {
      boolean full = i < 3;
      guard.attempt(
          () -> {
            if (full) {
              throw new IOException("No space left on device");
            }
            written[0]++;
          });
    }
    logger.detachAppender(log);
    assertThat(written[0]).isEqualTo(2);
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "metrics are being lost, training goes on: cannot write "
                + Path.of("runs", "metrics.jsonl")
                + ": No space left on device");
  }
}
