package dev.terse.trainer.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardSinkTest {
  @TempDir Path folder;

  @Test
  void file_ofARun_holdsOneWholeRecordAnEvent() throws IOException {
    byte[] bytes = writeRun(1);
    List<byte[]> records = EventFileReader.records(bytes, bytes.length);
    int total =
        records.stream()
            .mapToInt(r -> RecordFile.HEADER_BYTES + r.length + RecordFile.FOOTER_BYTES)
            .sum();
    assertThat(total).as("bytes in records with good checksums").isEqualTo(bytes.length);
    // version, experiment, session start, 3 scalars, histogram, text, session end
    assertThat(records).hasSize(9);
    assertThat(text(records.get(0))).contains("brain.Event:2");
    assertThat(text(records.get(1)))
        .as("the table is sorted by results")
        .contains("1_result/accuracy", "1_result/eval_loss");
    assertThat(text(records.get(3))).contains("train/loss", "train/reward", "1_result/reward");
    assertThat(text(records.get(7))).contains("completions/text_summary").contains("[SKIP]");
  }

  /** Configurations hold texts; as texts the table would sort 10 before 9. */
  @Test
  void hparams_thatAreNumbersAndTruths_areWrittenAsSuch() throws IOException {
    try (TensorBoardSink sink = new TensorBoardSink(folder)) {
      sink.begin(0);
      sink.hparams(Map.of("a", "0.5", "b", "true", "c", "[1, 2]", "d", "010x"));
    }
    byte[] bytes = newestFile();
    byte[] start = EventFileReader.records(bytes, bytes.length).get(2);
    // google.protobuf.Value: field 2 is a double, 4 a bool, 3 a text
    assertThat(start).containsSequence('a', 0x12, 9, 0x11, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f);
    assertThat(start).containsSequence('b', 0x12, 2, 0x20, 1);
    assertThat(start).containsSequence('c', 0x12, 8, 0x1a, 6, '[', '1');
    assertThat(start).containsSequence('d', 0x12, 6, 0x1a, 4, '0', '1', '0', 'x');
  }

  @Test
  void file_cutAtAnyByteOfItsLastTwoRecords_keepsTheWholeRecordsBefore() throws IOException {
    byte[] bytes = writeRun(1);
    List<byte[]> all = EventFileReader.records(bytes, bytes.length);
    int framing = RecordFile.HEADER_BYTES + RecordFile.FOOTER_BYTES;
    int last = bytes.length - all.get(all.size() - 1).length - framing;
    int lastButOne = last - all.get(all.size() - 2).length - framing;
    for (int length = lastButOne; length < bytes.length; length++) {
      int expected = length < last ? all.size() - 2 : all.size() - 1;
      assertThat(EventFileReader.records(bytes, length)).as("cut at %d", length).hasSize(expected);
    }
  }

  @Test
  void file_withAFlippedByte_losesItsChecksum() throws IOException {
    byte[] bytes = writeRun(1);
    int whole = EventFileReader.records(bytes, bytes.length).size();
    for (int at = 0; at < bytes.length; at += 7) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 0x10;
      assertThat(EventFileReader.records(damaged, damaged.length).size())
          .as("byte %d flipped", at)
          .isLessThan(whole);
    }
  }

  @Test
  void resume_opensAnotherFile_thatVoidsLaterSteps() throws IOException {
    writeRun(1);
    byte[] second = writeRun(2);
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(2);
    }
    // after the version:
    // Event.step = 2 (field 2), Event.session_log (field 7) of status START (field 1 = 1)
    assertThat(EventFileReader.records(second, second.length).get(1))
        .containsSequence(0x10, 2, 0x3a, 2, 0x08, 1);
  }

  /** A trainer that is refused leaves nothing in the folder of the one that runs. */
  @Test
  void sink_thatNeverBegins_touchesNothing() {
    new TensorBoardSink(folder.resolve("logs")).close();
    assertThat(folder.resolve("logs")).doesNotExist();
  }

  @Test
  void histogram_withoutFiniteValues_writesNothing() throws IOException {
    try (TensorBoardSink sink = new TensorBoardSink(folder)) {
      sink.begin(0);
      sink.histogram(1, "advantages", new double[] {Double.NaN, Double.POSITIVE_INFINITY});
    }
    byte[] bytes = newestFile();
    assertThat(EventFileReader.records(bytes, bytes.length)).hasSize(1);
  }

  private byte[] writeRun(long firstStep) throws IOException {
    try (TensorBoardSink sink = new TensorBoardSink(folder)) {
      sink.begin(firstStep - 1);
      sink.hparams(
          Map.of("learning_rate", 1e-5, "loss_type", "dapo", "bf16", false, "beta", "1e-3"));
      for (long step = firstStep; step < firstStep + 3; step++) {
        sink.scalars(step, Map.of("train/loss", 1.0 / step, "train/reward", Double.NaN));
      }
      sink.histogram(firstStep + 2, "advantages", new double[] {-1, 0, 0.5, 2});
      sink.text(firstStep + 2, "completions", "kept step\n\n[SKIP]");
    }
    return newestFile();
  }

  private byte[] newestFile() throws IOException {
    try (var files = Files.list(folder)) {
      return Files.readAllBytes(files.max(Path::compareTo).orElseThrow());
    }
  }

  private static String text(byte[] record) {
    return new String(record, StandardCharsets.UTF_8);
  }
}
