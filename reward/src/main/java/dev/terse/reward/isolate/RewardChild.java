package dev.terse.reward.isolate;

import dev.terse.reward.LoggingReward;
import dev.terse.reward.RewardLog;
import dev.terse.reward.RewardTerm;
import dev.terse.reward.Sample;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;

/**
 * The main class of a child process: makes the user's reward by its public constructor without
 * arguments and answers one sample after another until its input ends. What the reward prints is
 * thrown away, so that it can neither block the child nor forge a reply.
 */
public final class RewardChild {
  private RewardChild() {}

  /**
   * @param args the class name of a {@link RewardTerm}
   */
  public static void main(String[] args) throws IOException {
    // A reward that hangs does not see its input end when the parent is killed.
    ProcessHandle.current().parent().ifPresent(parent -> parent.onExit().thenRun(RewardChild::end));
    var replies = new DataOutputStream(new BufferedOutputStream(System.out));
    var requests = new DataInputStream(new BufferedInputStream(System.in));
    var nowhere = new PrintStream(OutputStream.nullOutputStream());
    System.setOut(nowhere);
    System.setErr(nowhere);
    System.setIn(InputStream.nullInputStream());
    RewardTerm term;
    try {
      term =
          Class.forName(args[0])
              .asSubclass(RewardTerm.class)
              .getDeclaredConstructor()
              .newInstance();
    } catch (Throwable e) { // the border: whatever the user's class does, the parent hears of it
      fail(replies, Frames.READY, "cannot make " + args[0] + ": " + e);
      return;
    }
    Frames.prepare();
    reply(replies, Frames.READY, 0, null);
    while (true) {
      long call;
      try {
        call = requests.readLong();
      } catch (EOFException e) {
        // The parent closed the pipe. The user's threads may still run: they must not keep us.
        end();
        return;
      }
      var sample = Frames.readSample(requests);
      try {
        answer(replies, call, term, sample);
      } catch (OutOfMemoryError e) {
        Runtime.getRuntime().halt(3); // nothing can be trusted now; the parent starts another
      } catch (Throwable e) { // the same border
        fail(replies, call, String.valueOf(e));
      }
    }
  }

  /** Nobody else can end what the reward has started any more. */
  private static void end() {
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    Runtime.getRuntime().halt(0);
  }

  private static void answer(DataOutputStream out, long call, RewardTerm term, Sample sample)
      throws IOException {
    var log = new RewardLog();
    double value = term instanceof LoggingReward more ? more.of(sample, log) : term.of(sample);
    reply(out, call, value, Frames.text(log.logged()));
  }

  private static void reply(DataOutputStream out, long call, double value, String logged)
      throws IOException {
    out.writeLong(call);
    out.writeByte(1);
    out.writeDouble(value);
    Frames.writeText(out, logged);
    out.flush();
  }

  private static void fail(DataOutputStream out, long call, String reason) throws IOException {
    out.writeLong(call);
    out.writeByte(0);
    Frames.writeText(out, reason.substring(0, Math.min(500, reason.length())));
    out.flush();
  }
}
