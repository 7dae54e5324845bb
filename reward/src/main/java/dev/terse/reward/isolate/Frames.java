package dev.terse.reward.isolate;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.reward.Sample;
import dev.terse.reward.Score;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The protocol between parent and child: big-endian binary frames over the child's standard input
 * and a pipe of its own for replies.
 *
 * <pre>
 * request = call int64, completion text, gold text, ids, steps, skips, longestRun int32, finished byte,
 *           source text (JSON; null: none), answer text
 * reply   = call int64, ok byte, value float64, logged text (JSON; null: nothing) | reason text
 * text    = length int32 (-1: null), UTF-8 bytes
 * ids     = length int32, int32 each
 * </pre>
 */
final class Frames {
  /** The longest completions have some 200 KB; a frame beyond this is a fault. */
  static final int MAX_TEXT_BYTES = 64 << 20;

  /** A token has a byte of text at least. */
  private static final int MAX_IDS = MAX_TEXT_BYTES;

  /** Reasons are for the log. */
  static final int MAX_REASON_BYTES = 4096;

  /** What a reward may log of a completion; it is a row of a file. */
  static final int MAX_LOGGED_BYTES = 1 << 20;

  /** Sent once by a child that is ready. */
  static final long READY = 0x7465727365L;

  private static final ObjectMapper JSON = new ObjectMapper();

  private Frames() {}

  /** Loads what a call needs, so that the first one is as quick as the others. */
  static void prepare() throws IOException {
    JSON.readValue("{}", Sample.Source.class);
    JSON.writeValueAsString(Score.Logged.NOTHING);
  }

  /**
   * What a reward has logged, as text; null for nothing.
   *
   * @throws IOException if it is too much or no JSON
   */
  static String text(Score.Logged logged) throws IOException {
    if (logged.equals(Score.Logged.NOTHING)) {
      return null;
    }
    String text = JSON.writeValueAsString(logged);
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_LOGGED_BYTES) {
      throw new IOException(
          "the reward logged " + bytes + " bytes of one completion; at most " + MAX_LOGGED_BYTES);
    }
    return text;
  }

  /** Reads what a reward has logged. */
  static Score.Logged readLogged(DataInputStream in) throws IOException {
    String text = readText(in, MAX_LOGGED_BYTES);
    return text == null ? Score.Logged.NOTHING : JSON.readValue(text, Score.Logged.class);
  }

  static void writeRequest(DataOutputStream out, long call, Sample sample) throws IOException {
    out.writeLong(call);
    writeText(out, sample.completion());
    writeText(out, sample.gold());
    out.writeInt(sample.ids().length);
    for (int id : sample.ids()) {
      out.writeInt(id);
    }
    out.writeInt(sample.steps());
    out.writeInt(sample.skips());
    out.writeInt(sample.longestSkipRun());
    out.writeByte(sample.finished() ? 1 : 0);
    boolean known = sample.source() != Sample.Source.NONE;
    writeText(out, known ? JSON.writeValueAsString(sample.source()) : null);
    writeText(out, sample.answer());
    out.flush();
  }

  /** Reads what follows the call number. */
  static Sample readSample(DataInputStream in) throws IOException {
    String completion = readText(in, MAX_TEXT_BYTES);
    String gold = readText(in, MAX_TEXT_BYTES);
    int[] ids = readIds(in);
    int steps = in.readInt();
    int skips = in.readInt();
    int longestRun = in.readInt();
    boolean finished = in.readByte() != 0;
    String json = readText(in, MAX_TEXT_BYTES);
    Sample.Source source =
        json == null ? Sample.Source.NONE : JSON.readValue(json, Sample.Source.class);
    String answer = readText(in, MAX_TEXT_BYTES);
    return new Sample(completion, gold, ids, finished, steps, skips, longestRun, source, answer);
  }

  private static int[] readIds(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > MAX_IDS) {
      throw new IOException(length + " token ids, at most " + MAX_IDS + " expected");
    }
    int[] ids = new int[length];
    for (int i = 0; i < length; i++) {
      ids[i] = in.readInt();
    }
    return ids;
  }

  static void writeText(DataOutputStream out, String text) throws IOException {
    if (text == null) {
      out.writeInt(-1);
      return;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  static String readText(DataInputStream in, int maxBytes) throws IOException {
    int length = in.readInt();
    if (length == -1) {
      return null;
    }
    if (length < 0 || length > maxBytes) {
      throw new IOException("a text of " + length + " bytes, at most " + maxBytes + " expected");
    }
    return new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }
}
