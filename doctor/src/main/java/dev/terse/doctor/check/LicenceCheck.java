package dev.terse.doctor.check;

import dev.terse.doctor.Check;
import dev.terse.doctor.Finding;
import dev.terse.doctor.PlannedRun;
import dev.terse.io.hub.InputKind;
import dev.terse.trainer.loop.TrainingConfig;
import dev.terse.trainer.model.Catalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;

/** Under which licences the model and the data are published; what is not known is told so. */
record LicenceCheck(PlannedRun<?> run) implements Check {

  @Override
  public String subject() {
    return "licence";
  }

  @Override
  public List<Finding> look() throws IOException {
    List<Finding> verdicts = new ArrayList<>();
    String model = run.config().model().modelNameOrPath();
    if (model != null) {
      verdicts.add(verdict(model, InputKind.MODEL, catalogue(model)));
    }
    for (String name : data()) {
      verdicts.add(verdict(name, InputKind.DATA, Optional.empty()));
    }
    return verdicts;
  }

  private List<String> data() {
    TrainingConfig training = run.config().training();
    List<String> places =
        new ArrayList<>(
            training.mixture().isGiven() ? training.mixture().places() : training.datasetName());
    Optional.ofNullable(training.evaluation().evalDataset()).ifPresent(places::add);
    return places;
  }

  private Finding verdict(String place, InputKind kind, Optional<String> catalogued)
      throws IOException {
    Path path = kind.place(place);
    Optional<String> found =
        Files.exists(path) ? Licences.of(path).map(Licences.Licence::sentence) : Optional.empty();
    found = found.or(() -> catalogued);
    return found.isPresent()
        ? Finding.ok(subject(), place + ": " + found.get())
        : Finding.note(
            subject(),
            place + ": unknown",
            "",
            "look it up where it comes from before you publish what is trained on it");
  }

  /** The licence that the catalogue gives for a model of that name. */
  private static Optional<String> catalogue(String place) {
    String name = name(Path.of(place));
    return ServiceLoader.load(Catalogue.class).stream()
        .flatMap(each -> each.get().entries().stream())
        .filter(entry -> name(Path.of(entry.name())).equals(name))
        .map(entry -> entry.licence() + " (by the catalogue's " + entry.name() + ")")
        .findFirst();
  }

  private static String name(Path path) {
    return path.getFileName().toString().toLowerCase(Locale.ROOT);
  }
}
