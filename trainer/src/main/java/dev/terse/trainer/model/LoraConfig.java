package dev.terse.trainer.model;

import dev.terse.io.Quote;
import dev.terse.model.adapter.LoraSettings;
import dev.terse.model.weights.LayerProjection;
import dev.terse.trainer.config.Default;
import dev.terse.trainer.config.NearestKey;
import dev.terse.trainer.config.Range;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Adapters that are trained instead of all weights; keys and defaults are those of TRL's
 * ModelConfig. docs/lora.md has the formulas.
 *
 * @param usePeft whether low-rank adapters are trained and the model's own weights are frozen
 * @param loraR rank of the adapters
 * @param loraAlpha an adapter's output is scaled by lora_alpha / lora_r
 * @param loraDropout share of an adapter's inputs left out in training
 * @param loraTargetModules the projections with an adapter: q_proj, k_proj, v_proj, o_proj,
 *     gate_proj, up_proj, down_proj, or all-linear for all seven; unset takes PEFT's default,
 *     q_proj and v_proj
 * @param useRslora whether the scale is lora_alpha / √lora_r instead
 * @param useDora whether the length of each row of an adapted weight is trained too (DoRA)
 */
public record LoraConfig(
    @Default("false") boolean usePeft,
    @Default("16") @Range("[1, inf)") int loraR,
    @Default("32") @Range("[1, inf)") int loraAlpha,
    @Default("0.05") @Range("[0, 1)") double loraDropout,
    @Default(Default.UNSET) List<String> loraTargetModules,
    @Default("false") boolean useRslora,
    @Default("false") boolean useDora) {
  private static final String ALL = "all-linear";
  private static final Set<LayerProjection> PEFT_DEFAULT =
      EnumSet.of(LayerProjection.Q_PROJ, LayerProjection.V_PROJ);

  public LoraConfig {
    List<String> problems = new ArrayList<>();
    targets(loraTargetModules, problems);
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
        useDora);
  }

  private static Set<LayerProjection> targets(List<String> names, List<String> problems) {
    if (names.isEmpty()) {
      return PEFT_DEFAULT;
    }
    if (names.equals(List.of(ALL))) {
      return EnumSet.allOf(LayerProjection.class);
    }
    Set<LayerProjection> targets = EnumSet.noneOf(LayerProjection.class);
    for (String name : names) {
      LayerProjection.named(name).ifPresentOrElse(targets::add, () -> problems.add(unknown(name)));
    }
    return targets;
  }

  private static String unknown(String name) {
    List<String> known = new ArrayList<>(LayerProjection.names());
    known.add(ALL);
    return "lora_target_modules knows "
        + String.join(", ", known)
        + ", not "
        + Quote.of(name)
        + NearestKey.question(name, known);
  }
}
