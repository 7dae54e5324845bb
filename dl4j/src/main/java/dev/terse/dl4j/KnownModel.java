package dev.terse.dl4j;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.model.weights.DecoderConfig;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.zoo.ModelMetaData;
import org.deeplearning4j.zoo.PretrainedType;
import org.deeplearning4j.zoo.ZooModel;
import org.deeplearning4j.zoo.ZooType;

/**
 * A published model that Terse is known to load, in the form of DL4J's zoo: what it is called,
 * where it comes from, its licence and its shape. DL4J cannot build it as one of its own networks;
 * {@link dev.terse.model.folder.ModelFolder#load} loads it from a folder.
 */
public final class KnownModel extends ZooModel<KnownModel> {
  private final String name;
  private final String source;
  private final String licence;
  private final String sha256;
  private final DecoderConfig config;

  /** Reads one entry of the catalogue. */
  KnownModel(JsonNode entry) {
    this.name = entry.required("name").asText();
    this.source = entry.required("source").asText();
    this.licence = entry.required("licence").asText();
    this.sha256 = entry.required("sha256").asText();
    this.config = DecoderConfig.of(entry.required("config"), "catalogue entry " + name);
  }

  @Override
  public String modelName() {
    return name;
  }

  /** Where its files are published. */
  public String source() {
    return source;
  }

  /** SPDX identifier of the licence of the weights. */
  public String licence() {
    return licence;
  }

  /** SHA-256 of the published file of weights that {@link #source} names, or "unknown". */
  public String sha256() {
    return sha256;
  }

  /** The decoder's shape. */
  public DecoderConfig config() {
    return config;
  }

  /** Input: a sequence of up to max_position_embeddings ids; output: a number for every token. */
  @Override
  @SuppressWarnings("deprecation") // DL4J deprecates it and still asks for it
  public ModelMetaData metaData() {
    return new ModelMetaData(
        new int[][] {{config.maxPositions()}}, config.vocabSize(), ZooType.RNN);
  }

  @Override
  public Class<? extends Model> modelType() {
    return RunModel.class;
  }

  /** False: DL4J's zoo hosts none of these models. */
  @Override
  public boolean pretrainedAvailable(PretrainedType type) {
    return false;
  }

  /** Null: DL4J's zoo hosts none of these models; see {@link #source}. */
  @Override
  public String pretrainedUrl(PretrainedType type) {
    return null;
  }

  /** 0, DL4J's word for none: its checksums are Adler-32 of files that it hosts itself. */
  @Override
  public long pretrainedChecksum(PretrainedType type) {
    return 0;
  }

  @Override
  public <M extends Model> M initPretrained(PretrainedType type) {
    throw notADl4jNetwork();
  }

  @Override
  public <M extends Model> M init() {
    throw notADl4jNetwork();
  }

  @Override
  public void setInputShape(int[][] shape) {
    throw notADl4jNetwork();
  }

  private UnsupportedOperationException notADl4jNetwork() {
    return new UnsupportedOperationException(
        name + " is not a DL4J network: fetch " + source + " and load it with ModelFolder.load");
  }
}
