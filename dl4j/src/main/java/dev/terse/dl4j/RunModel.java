package dev.terse.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.ConvexOptimizer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What DL4J's training listeners see of a run: its loss. The weights belong to an engine and are
 * not one flat array, so whatever asks for them is refused.
 */
public final class RunModel implements Model {
  private final List<TrainingListener> listeners = new ArrayList<>();
  private double score = Double.NaN;

  /** Takes the loss of the newest update. */
  void setScore(double score) {
    this.score = score;
  }

  List<TrainingListener> listeners() {
    return listeners;
  }

  /** The loss of the newest update; NaN before the first. */
  @Override
  public double score() {
    return score;
  }

  @Override
  public long numParams() {
    throw refused("numParams");
  }

  @Override
  public long numParams(boolean backwards) {
    throw refused("numParams");
  }

  @Override
  public void setListeners(Collection<TrainingListener> replacements) {
    listeners.clear();
    listeners.addAll(replacements);
  }

  @Override
  public void setListeners(TrainingListener... replacements) {
    setListeners(Arrays.asList(replacements));
  }

  @Override
  public void addListeners(TrainingListener... more) {
    listeners.addAll(Arrays.asList(more));
  }

  /** Does nothing: there is nothing to initialise. */
  @Override
  public void init() {}

  /** Does nothing: the run owns its weights. */
  @Override
  public void clear() {}

  /** Does nothing: the run owns its weights. */
  @Override
  public void close() {}

  @Override
  @SuppressWarnings("deprecation") // DL4J deprecates it and still asks for it
  public void fit() {
    throw refused("fit");
  }

  @Override
  public void fit(INDArray data, LayerWorkspaceMgr workspaces) {
    throw refused("fit");
  }

  @Override
  public void update(Gradient gradient) {
    throw refused("update");
  }

  @Override
  public void update(INDArray gradient, String name) {
    throw refused("update");
  }

  @Override
  public void computeGradientAndScore(LayerWorkspaceMgr workspaces) {
    throw refused("computeGradientAndScore");
  }

  @Override
  public INDArray params() {
    throw refused("params");
  }

  @Override
  public void setParams(INDArray params) {
    throw refused("setParams");
  }

  @Override
  public void setParamsViewArray(INDArray params) {
    throw refused("setParamsViewArray");
  }

  @Override
  public INDArray getGradientsViewArray() {
    throw refused("getGradientsViewArray");
  }

  @Override
  public void setBackpropGradientsViewArray(INDArray gradients) {
    throw refused("setBackpropGradientsViewArray");
  }

  @Override
  public Gradient gradient() {
    throw refused("gradient");
  }

  @Override
  public Pair<Gradient, Double> gradientAndScore() {
    throw refused("gradientAndScore");
  }

  @Override
  public int batchSize() {
    throw refused("batchSize");
  }

  @Override
  public NeuralNetConfiguration conf() {
    throw refused("conf");
  }

  @Override
  public void setConf(NeuralNetConfiguration conf) {
    throw refused("setConf");
  }

  @Override
  public INDArray input() {
    throw refused("input");
  }

  @Override
  public ConvexOptimizer getOptimizer() {
    throw refused("getOptimizer");
  }

  @Override
  public INDArray getParam(String name) {
    throw refused("getParam");
  }

  @Override
  public Map<String, INDArray> paramTable() {
    throw refused("paramTable");
  }

  @Override
  public Map<String, INDArray> paramTable(boolean backpropOnly) {
    throw refused("paramTable");
  }

  @Override
  public void setParamTable(Map<String, INDArray> params) {
    throw refused("setParamTable");
  }

  @Override
  public void setParam(String name, INDArray value) {
    throw refused("setParam");
  }

  @Override
  public void applyConstraints(int iteration, int epoch) {
    throw refused("applyConstraints");
  }

  private static UnsupportedOperationException refused(String method) {
    return new UnsupportedOperationException(
        "a Terse run tells DL4J listeners its score, iteration and epoch; Model."
            + method
            + "() has no meaning for it");
  }
}
