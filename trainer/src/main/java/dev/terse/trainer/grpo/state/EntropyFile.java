package dev.terse.trainer.grpo.state;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.io.JsonFile;
import dev.terse.trainer.loss.EntropyControl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The weight of an adaptive entropy bonus in a checkpoint, under the names of TRL's file {@code
 * entropy_ctrl_state.json}. Before the first update there is no entropy, and no such field.
 */
public final class EntropyFile {
  private static final String NAME = "entropy_ctrl_state.json";
  private static final String COEF = "entropy_coef";
  private static final String ENTROPY = "last_world_entropy";

  private EntropyFile() {}

  public static void write(Path folder, EntropyControl control) throws IOException {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put(COEF, control.coef());
    if (Double.isFinite(control.entropy())) {
      node.put(ENTROPY, control.entropy());
    }
    Files.writeString(folder.resolve(NAME), JsonFile.text(node));
  }

  /** What {@link #write} wrote. */
  public static EntropyControl read(Path folder) {
    JsonNode node = JsonFile.read(folder.resolve(NAME));
    return new EntropyControl(
        node.path(COEF).asDouble(), node.path(ENTROPY).asDouble(Double.POSITIVE_INFINITY));
  }
}
