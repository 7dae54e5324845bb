package dev.terse.doctor.check;

import dev.terse.doctor.Check;
import dev.terse.doctor.Finding;
import dev.terse.doctor.PlannedRun;
import dev.terse.model.folder.ModelFolder;
import dev.terse.model.weights.DecoderConfig;
import java.util.List;
import java.util.Locale;

/** The model is one of those that are supported, and its tokenizer can be read. */
record ModelCheck(PlannedRun<?> run) implements Check {

  @Override
  public String subject() {
    return "model";
  }

  @Override
  public List<Finding> look() {
    ModelFolder model = run.outline();
    DecoderConfig config = model.decoder().config();
    return List.of(
        Finding.ok(
            subject(),
            String.format(
                Locale.ROOT,
                "%s, %.3f B weights, %d layers, %d positions, %d tokens%s",
                config.family().name().toLowerCase(Locale.ROOT),
                config.parameterCount() / 1e9,
                config.layers(),
                config.maxPositions(),
                model.tokenizer().size(),
                model.template() == null ? ", no chat template" : ", with a chat template")));
  }
}
