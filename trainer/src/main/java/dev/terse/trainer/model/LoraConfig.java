package dev.terse.trainer.model;

import dev.terse.io.Quote;
import dev.terse.model.adapter.LoraSettings;
import dev.terse.model.adapter.ModuleNames;
import dev.terse.model.adapter.TargetModules;
import dev.terse.model.weights.LayerProjection;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.NearestKey;
import dev.terse.trainer.config.Range;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Adapters that are trained instead of all weights; keys and defaults are those of TRL's
 * ModelConfig. docs/lora.md has the formulas.
 *
 * @param usePeft whether low-rank adapters are trained and the model's own weights are frozen
 * @param loraR rank of the adapters
 * @param loraAlpha an adapter's output is scaled by lora_alpha / lora_r
 * @param loraDropout share of an adapter's inputs left out in training
 * @param loraTargetModules the modules with an adapter: names or ends of names of projections
 *     (q_proj, mlp.up_proj, …), embed_tokens, lm_head; or all-linear for all projections; or one
 *     regular expression for whole names; unset takes PEFT's default, q_proj and v_proj, or what an
 *     adapter that is trained on has
 * @param loraModulesToSave ends of the names of modules that are trained whole beside the adapters
 *     (embed_tokens, lm_head, norm, …) and saved with them
 * @param useRslora whether the scale is lora_alpha / √lora_r instead
 * @param useDora whether the length of each row of an adapted weight is trained too (DoRA)
 */
public record LoraConfig(
    @Default("false") boolean usePeft,
    @Default("16") @Range("[1, inf)") int loraR,
    @Default("32") @Range("[1, inf)") int loraAlpha,
    @Default("0.05") @Range("[0, 1)") double loraDropout,
    @Default(Default.UNSET) List<String> loraTargetModules,
    @Default(Default.UNSET) List<String> loraModulesToSave,
    @Default("false") boolean useRslora,
    @Default("false") boolean useDora) {
  private static final String ALL = "all-linear";
  private static final List<String> TABLES = List.of("embed_tokens", "lm_head");

  public LoraConfig {
    List<String> problems = new ArrayList<>();
    targets(loraTargetModules, problems);
    if (usePeft && loraTargetModules.contains("lm_head") && loraDropout > 0) {
      problems.add(
          "lora_dropout "
              + loraDropout
              + " cannot be had where lora_target_modules names lm_head, since nothing is left out"
              + " of the input of the head: set lora_dropout to 0, or leave lm_head out");
    }
    if (usePeft && useDora && !Collections.disjoint(loraTargetModules, TABLES)) {
      problems.add(
          "use_dora is not supported on embed_tokens and lm_head: leave them out of"
              + " lora_target_modules");
    }
    if (!usePeft && !loraModulesToSave.isEmpty()) {
      problems.add("lora_modules_to_save stands beside adapters: set use_peft too");
    }
    if (!usePeft && (useRslora || useDora)) {
      problems.add(
          (useDora ? "use_dora" : "use_rslora") + " is a kind of adapter: set use_peft too");
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  /** Whether training leaves out inputs. */
  public boolean dropsOut() {
    return usePeft && loraDropout > 0;
  }

  /** The adapters that are wanted. */
  public LoraSettings settings() {
    return new LoraSettings(
        loraR,
        loraAlpha,
        loraDropout,
        targets(loraTargetModules, new ArrayList<>()),
        useRslora,
        useDora,
        Map.of(),
        Map.of(),
        loraModulesToSave);
  }

  private static TargetModules targets(List<String> names, List<String> problems) {
    if (names.isEmpty()) {
      return TargetModules.DEFAULT;
    }
    if (names.equals(List.of(ALL))) {
      return TargetModules.ALL_LINEAR;
    }
    // As in TRL a single entry may be a pattern; here it may be a name, too.
    if (names.size() == 1 && !names.get(0).matches("[\\w.-]+")) {
      try {
        return TargetModules.of(ModuleNames.matching(names.get(0)));
      } catch (IllegalArgumentException e) {
        problems.add("lora_target_modules: " + e.getMessage());
        return TargetModules.DEFAULT;
      }
    }
    for (String name : names) {
      String last = name.substring(name.lastIndexOf('.') + 1);
      if (LayerProjection.named(last).isEmpty() && !TABLES.contains(last)) {
        problems.add(unknown(name));
      }
    }
    return TargetModules.of(names);
  }

  private static String unknown(String name) {
    List<String> known = new ArrayList<>(LayerProjection.names());
    known.addAll(TABLES);
    known.add(ALL);
    return "lora_target_modules knows "
        + String.join(", ", known)
        + ", not "
        + Quote.of(name)
        + NearestKey.question(name, known);
  }
}
