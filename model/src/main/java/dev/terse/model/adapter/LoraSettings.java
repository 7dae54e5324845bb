package dev.terse.model.adapter;

import dev.terse.engine.Shapes;
import dev.terse.model.weights.DecoderConfig;
import dev.terse.model.weights.LayerProjection;
import dev.terse.model.weights.WeightShapes;
import dev.terse.model.weights.WeightUse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What kind of adapter is trained (Hu et al., arXiv 2106.09685), as PEFT's LoraConfig has it.
 *
 * @param rank r
 * @param alpha α (lora_alpha)
 * @param dropout share of an adapter's inputs left out in training (lora_dropout)
 * @param targets the modules that get an adapter (target_modules and its kin)
 * @param useRslora whether the scale is α/√r (Kalajdzievski, arXiv 2312.03732) instead of α/r
 * @param useDora whether each row of the adapted weight has a trained length of its own (Liu et
 *     al., arXiv 2402.09353)
 * @param rankPattern other ranks, by a regular expression for the end of a module's name; the first
 *     that fits counts (rank_pattern)
 * @param alphaPattern other α, likewise (alpha_pattern)
 * @param savedModules ends of the names of modules whose weights are trained whole
 *     (modules_to_save)
 */
public record LoraSettings(
    int rank,
    double alpha,
    double dropout,
    TargetModules targets,
    boolean useRslora,
    boolean useDora,
    Map<String, Integer> rankPattern,
    Map<String, Double> alphaPattern,
    List<String> savedModules) {

  public LoraSettings {
    boolean ranks = rank >= 1 && rankPattern.values().stream().allMatch(other -> other >= 1);
    if (!ranks || !(dropout >= 0 && dropout < 1) || targets.included().isEmpty()) {
      throw new IllegalArgumentException(
          "an adapter needs ranks of 1 or more, a dropout in [0, 1) and a target, got rank "
              + rank
              + (rankPattern.isEmpty() ? "" : " and " + rankPattern)
              + ", dropout "
              + dropout
              + ", targets "
              + targets.describe());
    }
    rankPattern = Collections.unmodifiableMap(new LinkedHashMap<>(rankPattern));
    alphaPattern = Collections.unmodifiableMap(new LinkedHashMap<>(alphaPattern));
    // refuses what is no pattern
    rankPattern.keySet().forEach(pattern -> ModuleNames.compiled(ending(pattern)));
    alphaPattern.keySet().forEach(pattern -> ModuleNames.compiled(ending(pattern)));
    savedModules = List.copyOf(savedModules);
  }

  /** One rank and one α for some projections of all layers. */
  public LoraSettings(
      int rank,
      double alpha,
      double dropout,
      Set<LayerProjection> targets,
      boolean useRslora,
      boolean useDora) {
    this(
        rank,
        alpha,
        dropout,
        TargetModules.of(targets),
        useRslora,
        useDora,
        Map.of(),
        Map.of(),
        List.of());
  }

  /** What the name of a module must be for a key of rank_pattern (PEFT: get_pattern_key). */
  private static String ending(String pattern) {
    return "(?:.*\\.)?(?:" + pattern + ")";
  }

  /** The same with another dropout, which is no part of what an adapter is. */
  public LoraSettings withDropout(double other) {
    return new LoraSettings(
        rank, alpha, other, targets, useRslora, useDora, rankPattern, alphaPattern, savedModules);
  }

  /**
   * The adapters on a decoder, in the order of its forward pass.
   *
   * @throws IllegalArgumentException if there are none, or some that are not supported
   */
  public List<ModuleLora> modules(DecoderConfig config) {
    List<ModuleLora> modules = new ArrayList<>();
    for (String module : adaptable(config)) {
      if (targets.choose(module) && savedModules.stream().noneMatch(name -> within(name, module))) {
        int own = first(rankPattern, module, rank);
        double strength = first(alphaPattern, module, alpha);
        modules.add(new ModuleLora(module, own, strength / (useRslora ? Math.sqrt(own) : own)));
      }
    }
    if (modules.isEmpty()) {
      throw new IllegalArgumentException(
          "target_modules choose no module of the model: "
              + targets.describe()
              + "; it has "
              + adaptable(config).get(1)
              + " and others");
    }
    if (useDora && modules.stream().anyMatch(lora -> isTable(lora.module()))) {
      throw new IllegalArgumentException(
          "use_dora is not supported on embed_tokens and lm_head: choose other target_modules");
    }
    return modules;
  }

  /** Modules that can have an adapter; the head is one where it is tied, too. */
  private static List<String> adaptable(DecoderConfig config) {
    List<String> modules = new ArrayList<>(List.of(module(WeightShapes.EMBEDDING)));
    for (int layer = 0; layer < config.layers(); layer++) {
      for (LayerProjection projection : LayerProjection.values()) {
        modules.add(projection.module(layer));
      }
    }
    modules.add(module(WeightShapes.HEAD));
    return modules;
  }

  /** Whether a saved module holds {@code module}, as PEFT tells it where it looks for targets. */
  private static boolean within(String saved, String module) {
    return ModuleNames.matcher("(?:|.*\\.)(?:" + saved + ")(?:|\\..*)", module).matches();
  }

  private static <T> T first(Map<String, T> patterns, String module, T otherwise) {
    for (Map.Entry<String, T> entry : patterns.entrySet()) {
      if (ModuleNames.matcher(ending(entry.getKey()), module).matches()) {
        return entry.getValue();
      }
    }
    return otherwise;
  }

  /**
   * Names of the weights that are trained whole beside the adapters, in the order of the forward
   * pass.
   *
   * @throws IllegalArgumentException if a name of modules_to_save is no module's, or a module has
   *     an adapter too
   */
  public List<String> savedWeights(DecoderConfig config) {
    if (savedModules.isEmpty()) {
      return List.of();
    }
    Set<String> all = new LinkedHashSet<>(WeightShapes.of(config).keySet());
    all.add(WeightShapes.HEAD);
    for (String name : savedModules) {
      if (all.stream().noneMatch(weight -> isSaved(List.of(name), weight))) {
        throw new IllegalArgumentException(
            "modules_to_save names '" + name + "', which is no module of the model");
      }
    }
    List<String> saved = all.stream().filter(weight -> isSaved(savedModules, weight)).toList();
    for (ModuleLora lora : modules(config)) {
      if (saved.contains(lora.module() + ".weight")) {
        throw new IllegalArgumentException(
            lora.module() + " is trained whole (modules_to_save) and has an adapter: choose one");
      }
    }
    return saved;
  }

  /** Whether the module of a weight, or one that it stands in, has a name that ends so. */
  private static boolean isSaved(List<String> names, String weight) {
    for (String path = module(weight); ; path = path.substring(0, path.lastIndexOf('.'))) {
      if (names.stream().anyMatch(path::endsWith)) {
        return true;
      }
      if (path.indexOf('.') < 0) {
        return false;
      }
    }
  }

  /** The module that a weight belongs to. */
  static String module(String weight) {
    return weight.substring(0, weight.lastIndexOf('.'));
  }

  /** Whether a module is the embedding or the head. */
  static boolean isTable(String module) {
    return module.equals(module(WeightShapes.EMBEDDING))
        || module.equals(module(WeightShapes.HEAD));
  }

  /**
   * Whether embedding or head are changed alone, so that a head that is tied to the embedding needs
   * a table of its own.
   */
  public boolean changesATable(DecoderConfig config) {
    return modules(config).stream().anyMatch(lora -> isTable(lora.module()))
        || savedWeights(config).stream().anyMatch(weight -> isTable(module(weight)));
  }

  /** Whether a table is trained wholly or by an adapter, so that no row of it needs to be. */
  public boolean trains(DecoderConfig config, String table) {
    return savedWeights(config).contains(table)
        || modules(config).stream().anyMatch(lora -> lora.module().equals(module(table)));
  }

  /** What becomes of the weights below the adapter; DoRA measures and scales their rows. */
  public WeightUse baseUse() {
    return useDora || !savedModules.isEmpty() ? WeightUse.CHANGED : WeightUse.READ;
  }

  /** In words, for logs and error sentences; without the dropout. */
  public String describe() {
    return "rank "
        + rank
        + ", alpha "
        + (alpha == Math.rint(alpha) ? String.valueOf((long) alpha) : String.valueOf(alpha))
        + (useRslora ? ", rsLoRA" : "")
        + (useDora ? ", DoRA" : "")
        + " on "
        + targets.describe()
        + (rankPattern.isEmpty() ? "" : ", ranks " + rankPattern)
        + (alphaPattern.isEmpty() ? "" : ", alphas " + alphaPattern)
        + (savedModules.isEmpty() ? "" : ", whole " + String.join(", ", savedModules));
  }

  /**
   * Numbers that are trained: what gradients and moments are held of.
   *
   * @param trainedTokens token rows trained beside the adapter
   */
  public long trainedParameterCount(DecoderConfig config, int trainedTokens) {
    DecoderConfig own = config.tiedHead() && changesATable(config) ? config.untied() : config;
    Map<String, int[]> shapes = WeightShapes.of(own);
    long count = 0;
    for (String table :
        new LinkedHashSet<>(List.of(WeightShapes.EMBEDDING, WeightShapes.head(own)))) {
      count += trains(own, table) ? 0 : (long) trainedTokens * own.channels();
    }
    for (ModuleLora lora : modules(own)) {
      int[] shape = shapes.get(lora.module() + ".weight");
      count += (long) lora.rank() * (shape[0] + shape[1]) + (useDora ? shape[0] : 0);
    }
    for (String weight : savedWeights(own)) {
      count += Shapes.size(shapes.get(weight));
    }
    return count;
  }
}
