package dev.terse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.cli.command.ExitCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportCommandTest {
  @TempDir Path folder;

  private String before;
  private String after;
  private Path page;

  @BeforeEach
  void records() throws IOException {
    before = records("before.jsonl", 40);
    after = records("after.jsonl", 20);
    page = folder.resolve("new/report.html");
  }

  private String records(String name, int tokens) throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 5; i++) {
      rows.append(
          """
          {"id":"p%d","status":"ok","correct":true,"answer":"%d","gold":"%d","tokens":%d,\
          "think_tokens":%d,"answer_tokens":5,"steps":2,"skips":1,\
          "completion":"<think>\\nOne.\\n\\n[SKIP]\\n</think>\\n\\nIt is %d."}
          """
              .formatted(i, i, i, tokens + 5, tokens, i));
    }
    return Files.writeString(folder.resolve(name), rows).toString();
  }

  @Test
  void report_writesThePage_andNeverOverIt() throws IOException {
    String[] line = {
      "report", "--records", before, after, "--budgets", "25", "45", "--output", page.toString()
    };
    Cli run = Cli.run(line);
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCodes.OK);
    assertThat(run.out())
        .contains("after thinks with 50.0 % fewer tokens than the base")
        .endsWith("\nreport: " + page + "\n");
    assertThat(page).content().contains("2 models on the same 5 problems", "25 tokens [95 %]");
    assertThat(folder.resolve("new/report.html.part")).doesNotExist();

    byte[] written = Files.readAllBytes(page);
    Cli again = Cli.run(line);
    assertThat(again.code()).isEqualTo(ExitCodes.USAGE);
    assertThat(again.err()).contains(page + " exists: --overwrite replaces it");
    assertThat(page).hasBinaryContent(written);
    assertThat(Cli.run("report", "--records", before, "--output", page.toString(), "--overwrite"))
        .extracting(Cli::code)
        .isEqualTo(ExitCodes.OK);
    assertThat(page).content().contains("1 model on the same 5 problems");

    Cli over = Cli.run("report", "--records", before, after, "--output", after, "--overwrite");
    assertThat(over.err()).contains("the output " + after + " is what the command reads");
  }

  @Test
  void mistakes_areNamed_andNothingIsWritten() throws IOException {
    Path wrong = Files.writeString(folder.resolve("rows.jsonl"), "{\"question\": \"1+1\"}\n");
    String output = page.toString();
    assertThat(Cli.run("report", "--output", output).err())
        .contains("records names no file: expected files that eval has written");
    assertThat(Cli.run("report", "--records", before, "none.jsonl", "--output", output).err())
        .contains("records: there is no file or folder none.jsonl");
    assertThat(Cli.run("report", "--records", before, wrong.toString(), "--output", output).err())
        .contains(wrong + " line 1: expected a record of the eval command");
    assertThat(
            Cli.run("report", "--records", before, "--budgets", "9", "3", "--output", output).err())
        .contains("budgets must be whole numbers from 1, each larger than the one before");
    assertThat(
            Cli.run("report", "--records", before, "--runs", folder.toString(), "--output", output)
                .err())
        .contains(
            folder + " holds no metrics.jsonl; runs takes the output_dir of sft and grpo runs");
    assertThat(page.getParent()).doesNotExist();
  }
}
