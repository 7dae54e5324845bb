package dev.terse.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestTallyTest {
  private static final String ABORTED =
      "<testcase name='t' classname='X$Inner'><skipped"
          + " type='org.opentest4j.TestAbortedException'><![CDATA[org.opentest4j.TestAbortedException:"
          + " Assumption failed: skipped: no GPU here\n"
          + "\tat a.b(C.java:1)]]></skipped></testcase>";

  @TempDir Path root;

  @Test
  void tally_reportsOfTwoModules_countsAndGroupsByReason() throws IOException {
    report("one", "x.y.ATest", "<testcase name='a'/>" + ABORTED + ABORTED);
    report("two", "BTest", "<testcase name='b'><skipped message='not today'/></testcase>");
    Files.createDirectories(root.resolve("three/src"));

    TestTally tally = TestTally.of(root, Instant.EPOCH);

    assertThat(tally.run()).isEqualTo(1);
    assertThat(tally.skipped()).isEqualTo(3);
    var out = new ByteArrayOutputStream();
    tally.print(new PrintStream(out, true, StandardCharsets.UTF_8));
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "tests: 1 run, 3 skipped:",
            "     2  one  ATest  no GPU here",
            "     1  two  BTest  not today");
  }

  @Test
  void print_suitesThatTellTheirSizes_beginsWithThem() throws IOException {
    Path reports = report("one", "x.ATest", "<testcase name='a'/>").getParent();
    Files.writeString(
        reports.resolve("x.ATest-output.txt"),
        "noise\ncases: 3 kills of sft (-Dterse.kills)\ncases: 3 kills of sft (-Dterse.kills)\n");
    var out = new ByteArrayOutputStream();
    TestTally.of(root, Instant.EPOCH).print(new PrintStream(out, true, StandardCharsets.UTF_8));
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .containsExactly("suites: 3 kills of sft (-Dterse.kills)", "tests: 1 run, 0 skipped");
  }

  @Test
  void tally_reportOfAnEarlierBuild_isLeftOut() throws IOException {
    Path old = report("one", "ATest", "<testcase name='a'/>");
    report("one", "BTest", "<testcase name='b'/>");
    Instant begin = Instant.parse("2026-01-01T00:00:00Z");
    Files.setLastModifiedTime(old, FileTime.from(begin.minusSeconds(1)));

    assertThat(TestTally.of(root, begin).run()).isEqualTo(1);
  }

  @Test
  void check_floorOrCeilingMissed_saysBothNumbers() throws IOException {
    report("one", "ATest", "<testcase name='a'/><testcase name='b'/>" + ABORTED);
    TestTally tally = TestTally.of(root, Instant.EPOCH);
    tally.check(2, 1);
    assertThatThrownBy(() -> tally.check(3, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith(
            "at least 3 tests must run, 2 did; at most 0 may be skipped, 1 were; the table above");
  }

  private Path report(String module, String testClass, String cases) throws IOException {
    Path folder = Files.createDirectories(root.resolve(module).resolve("target/surefire-reports"));
    return Files.writeString(
        folder.resolve("TEST-" + testClass + ".xml"), "<testsuite>" + cases + "</testsuite>");
  }
}
