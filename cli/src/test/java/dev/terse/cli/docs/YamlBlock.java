package dev.terse.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.grpo.GrpoConfig;
import dev.terse.trainer.sft.SftConfig;
import java.util.List;

/** YAML of the docs: keys of the page's command. */
final class YamlBlock {
  private YamlBlock() {}

  /** Reads it; the model and the data that every run needs are given where it names none. */
  static void read(DocBlock block) {
    Class<?> type = block.page().contains("grpo") ? GrpoConfig.class : SftConfig.class;
    String data = block.text().contains("dataset_") ? "" : "dataset_name: rows.jsonl\n";
    String yaml = "model_name_or_path: DIR\n" + data + block.text();
    assertThat(ConfigReader.parse(block.place(), yaml, List.of(), type).config()).isNotNull();
  }
}
