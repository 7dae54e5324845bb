package dev.terse.cli.command.check;

import dev.terse.cli.command.ConfiguredCommand;
import dev.terse.cli.command.ExitCodes;
import dev.terse.io.Outputs;
import dev.terse.lab.report.ComparisonReport;
import dev.terse.lab.report.ReportConfig;
import dev.terse.lab.report.ReportFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;

/** Records and runs to one page. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = {
      "Puts judged models side by side on one page that needs no network: accuracy, tokens and"
          + " skips, paired tests against the base, accuracy under budgets of tokens, lengths of right"
          + " and wrong completions, two graders, chains, and the curves of runs.",
      "Reads files that eval has written, all of the same problems; the first is the base."
          + " docs/commands/report.md lists the keys."
    },
    footer = {
      "",
      "Examples:",
      "  java -jar trainer.jar report --records before.jsonl after.jsonl --output report.html",
      "  java -jar trainer.jar report --records before.jsonl a.jsonl b.jsonl --runs runs/a runs/b \\",
      "      --budgets 128 256 512 --output report.html"
    })
public final class ReportCommand extends ConfiguredCommand<ReportConfig> {

  /** A command of the configuration's keys. */
  public ReportCommand() {
    super(ReportConfig.class);
  }

  @Override
  public Integer call() throws IOException {
    ReportConfig config = load().config();
    Path output = Path.of(config.output());
    new Outputs(config.inputs(), config.overwrite()).requireFiles(List.of(output));
    ComparisonReport report = ComparisonReport.read(config);
    ReportFiles.write(report, output);
    System.out.print(report.text());
    System.out.println("\nreport: " + output);
    return ExitCodes.OK;
  }
}
