package dev.terse.trainer.grpo.guard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.io.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The guard's state in a checkpoint. Before the first evaluation there may be no reference. */
public final class AccuracyGuardFile {
  private static final String NAME = "accuracy_guard.json";
  private static final String REFERENCE = "reference";
  private static final String LEVEL = "level";

  private AccuracyGuardFile() {}

  public static void write(Path folder, AccuracyGuard guard) throws IOException {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    if (Double.isFinite(guard.reference())) {
      node.put(REFERENCE, guard.reference());
    }
    node.put(LEVEL, guard.level());
    Files.writeString(folder.resolve(NAME), JsonFile.text(node));
  }

  /** What {@link #write} wrote. */
  public static AccuracyGuard read(Path folder) {
    JsonNode node = JsonFile.read(folder.resolve(NAME));
    return new AccuracyGuard(
        node.path(REFERENCE).asDouble(Double.NaN), node.path(LEVEL).asDouble());
  }
}
