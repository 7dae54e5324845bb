package dev.terse.dl4j;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.terse.trainer.model.Catalogue;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** The published models that Terse is meant for ({@code catalogue.json} beside this class). */
public final class ModelCatalogue implements Catalogue {
  @Override
  public List<Entry> entries() {
    return all().stream()
        .map(model -> new Entry(model.modelName(), model.source(), model.licence(), model.config()))
        .toList();
  }

  /** All of them, smallest first. */
  public static List<KnownModel> all() {
    try (InputStream in = ModelCatalogue.class.getResourceAsStream("catalogue.json")) {
      List<KnownModel> models = new ArrayList<>();
      for (JsonNode entry : new ObjectMapper().readTree(in)) {
        models.add(new KnownModel(entry));
      }
      return models;
    } catch (IOException e) {
      throw new UncheckedIOException("catalogue.json in the jar", e);
    }
  }

  /**
   * The model called {@code name}.
   *
   * @throws IllegalArgumentException if there is none, with the names that exist
   */
  public static KnownModel named(String name) {
    List<KnownModel> models = all();
    return models.stream()
        .filter(model -> model.modelName().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no model '"
                        + name
                        + "' in the catalogue, only "
                        + models.stream().map(KnownModel::modelName).toList()));
  }
}
