package dev.terse.doctor.check;

import dev.terse.doctor.Check;
import dev.terse.doctor.Finding;
import dev.terse.doctor.PlannedRun;
import dev.terse.trainer.checkpoint.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The output folder may be this run's. */
record OutputCheck(PlannedRun<?> run) implements Check {

  @Override
  public String subject() {
    return "output_dir";
  }

  @Override
  public List<Finding> look() throws IOException {
    var training = run.config().training();
    Path folder = Path.of(training.outputDir());
    Map<Path, String> damaged =
        RunFolder.requireClaimable(folder, training.saving(), run.config().inputs());
    String found =
        training.saving().resumes()
            ? "goes on from a checkpoint"
            : training.saving().overwriteOutputDir() && Files.exists(folder)
                ? "may be written over"
                : Files.exists(folder) ? "holds no other run" : "is not there yet and will be made";
    List<Finding> findings = new ArrayList<>(List.of(Finding.ok(subject(), folder + " " + found)));
    damaged.forEach(
        (checkpoint, problem) ->
            findings.add(
                Finding.note(
                    subject(),
                    checkpoint + " is damaged: " + problem,
                    "a whole checkpoint",
                    "nothing: the run will rename it and go on from an older one")));
    return findings;
  }
}
