package dev.terse.trainer.loop;

import dev.terse.io.hub.InputKind;
import dev.terse.io.rows.DataFolder;
import dev.terse.trainer.config.Default;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What of a data set is read, where it is a folder; keys and defaults are TRL's.
 *
 * @param datasetConfig the folder of a configuration within the data set
 * @param datasetTrainSplit split to train on: train, or another word of the files' names
 * @param datasetTestSplit split to evaluate on, where eval_dataset is a folder
 * @param datasetStreaming whether rows are read when they are needed, so that the data need not fit
 *     into memory
 */
public record DatasetConfig(
    @Default(Default.UNSET) String datasetConfig,
    @Default("train") String datasetTrainSplit,
    @Default("test") String datasetTestSplit,
    @Default("false") boolean datasetStreaming) {

  /** Files to train on, in the order of the places. */
  public List<Path> train(List<String> places) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String place : places) {
      files.addAll(DataFolder.files(InputKind.DATA.place(place), datasetConfig, datasetTrainSplit));
    }
    return files;
  }

  /** Files to evaluate on. */
  public List<Path> test(String place) throws IOException {
    return DataFolder.files(InputKind.DATA.place(place), datasetConfig, datasetTestSplit);
  }
}
