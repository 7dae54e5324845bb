package dev.terse.model.adapter;

import dev.terse.model.weights.LayerProjection;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;

/**
 * Which modules get an adapter.
 *
 * @param included target_modules
 * @param excluded exclude_modules
 * @param layers layers_to_transform; empty for all
 * @param layerLists layers_pattern: what the list of layers is called; empty for any name
 */
public record TargetModules(
    ModuleNames included, ModuleNames excluded, List<Integer> layers, List<String> layerLists) {
  /** PEFT's default for the supported families. */
  public static final TargetModules DEFAULT = of(List.of("q_proj", "v_proj"));

  /** All projections of all layers: all-linear. */
  public static final TargetModules ALL_LINEAR = of(LayerProjection.names());

  public TargetModules {
    layers = List.copyOf(layers);
    layerLists = List.copyOf(layerLists);
    if (included.pattern() != null && !layers.isEmpty()) {
      throw new IllegalArgumentException(
          "layers_to_transform needs target_modules as a list of names, not as a pattern");
    }
  }

  /** Modules by their names. */
  public static TargetModules of(List<String> names) {
    return of(ModuleNames.of(names));
  }

  /** Modules of all layers. */
  public static TargetModules of(ModuleNames included) {
    return new TargetModules(included, ModuleNames.NONE, List.of(), List.of());
  }

  /** Projections of all layers. */
  public static TargetModules of(Set<LayerProjection> projections) {
    return of(projections.stream().sorted().map(LayerProjection::peftName).toList());
  }

  /** Whether {@code module} gets an adapter (PEFT: check_target_module_exists). */
  boolean choose(String module) {
    if (excluded.choose(module) || !included.choose(module)) {
      return false;
    }
    return layers.isEmpty() || included.chooseWholly(module) || layers.contains(layer(module));
  }

  /** The number after the name of the list of layers; -1 where there is none. */
  private int layer(String module) {
    Collection<String> lists = layerLists.isEmpty() ? List.of("[^.]*") : layerLists;
    for (String list : lists) {
      String before = layerLists.isEmpty() ? ".*?\\." : "(?:|.*?\\.)";
      Matcher matcher = ModuleNames.matcher(before + list + "\\.(\\d+)\\..*", module);
      if (matcher.matches()) {
        return Integer.parseInt(matcher.group(matcher.groupCount()));
      }
    }
    return -1;
  }

  /** In words. */
  String describe() {
    return included.describe()
        + (layers.isEmpty() ? "" : " of layers " + layers)
        + (excluded.isEmpty() ? "" : " without " + excluded.describe());
  }
}
