package dev.terse.doctor.selftest;

import dev.terse.doctor.Check;
import dev.terse.doctor.Finding;
import dev.terse.engine.Engine;
import dev.terse.engine.SeedTree;
import dev.terse.engine.Tensor;
import dev.terse.model.weights.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The gradient of all weights against finite differences. A direction is a drawn half of the
 * gradient's own numbers, so that the slope along it is large beside the rounding of 32-bit sums;
 * so is each drawn tensor's own gradient. The step is such that the loss moves by {@value #MOVE}
 * nats, and the four-point central stencil leaves an error of its fourth power.
 */
public record GradientCheck(Subject subjectOf) implements Check {
  private static final double MOVE = 0.02;
  private static final int DIRECTIONS = 3;
  private static final int TENSORS = 6;

  /**
   * A tensor that moves the loss by less than this before it moves by a tenth itself is left out.
   */
  private static final double SMALLEST_MOVE = 1e-3;

  @Override
  public String subject() {
    return "gradient";
  }

  @Override
  public List<Finding> look() {
    Engine engine = subjectOf.decoder().engine();
    Parameters weights = subjectOf.decoder().weights();
    List<int[]> sequences = subjectOf.sequences();
    try (Parameters gradient = weights.zerosLike(engine);
        Parameters direction = weights.zerosLike(engine);
        Parameters before = weights.zerosLike(engine)) {
      weights.names().forEach(name -> engine.copy(weights.get(name), before.get(name)));
      subjectOf.addGradient(sequences, Subject.count(sequences), gradient);
      Moves moves = new Moves(subjectOf, sequences, weights, before, direction);
      List<Finding> verdicts = new ArrayList<>();
      verdicts.add(whole(moves, gradient));
      verdicts.add(tensors(moves, gradient));
      return verdicts;
    }
  }

  private Finding whole(Moves moves, Parameters gradient) {
    double norm = Gradients.norm(gradient);
    double worst = 0;
    for (int k = 0; k < DIRECTIONS; k++) {
      long seed = SeedTree.at(subjectOf.seed(), "selftest", k);
      moves.point(gradient, seed, 1 / norm);
      double slope = Gradients.product(gradient, moves.direction());
      worst = Math.max(worst, Math.abs(moves.slope(MOVE / slope) / slope - 1));
    }
    return told(
        worst,
        String.format(
            Locale.ROOT,
            "along %d directions through all %d numbers, norm %.3g",
            DIRECTIONS,
            gradient.size(),
            norm));
  }

  private Finding tensors(Moves moves, Parameters gradient) {
    List<String> names = new ArrayList<>(gradient.names());
    List<String> zero =
        names.stream().filter(name -> Gradients.norm(gradient.get(name)) == 0).toList();
    if (!zero.isEmpty()) {
      return Finding.problem(
          subject(), "nothing reaches " + zero, "a gradient of every tensor", "report it");
    }
    int[] order =
        SeedTree.permutation(SeedTree.at(subjectOf.seed(), "selftest tensors"), names.size());
    double worst = 0;
    int seen = 0;
    for (int i = 0; i < names.size() && seen < TENSORS; i++) {
      String name = names.get(order[i]);
      double norm = Gradients.norm(gradient.get(name));
      double step = Math.min(MOVE / norm, Gradients.norm(moves.before().get(name)) / 10);
      if (step * norm < SMALLEST_MOVE) {
        continue;
      }
      moves.pointAlong(name, gradient, 1 / norm);
      worst = Math.max(worst, Math.abs(moves.slope(step) / norm - 1));
      seen++;
    }
    return told(worst, "along the gradients of " + seen + " single tensors");
  }

  private Finding told(double worst, String where) {
    double allowed = subjectOf.tolerance().slope();
    String found =
        String.format(
            Locale.ROOT,
            "%s: differs from finite differences by %.2g, %.2g is allowed",
            where,
            worst,
            allowed);
    return worst <= allowed
        ? Finding.ok(subject(), found)
        : Finding.problem(
            subject(), found, "the slope that the loss has", "try --engine reference, report it");
  }

  /** Moves the weights along a direction and puts them back. */
  private record Moves(
      Subject subject,
      List<int[]> sequences,
      Parameters weights,
      Parameters before,
      Parameters direction) {

    /** Points along a drawn half of the gradient's numbers. */
    void point(Parameters gradient, long seed, double scale) {
      Engine engine = subject.decoder().engine();
      for (String name : gradient.names()) {
        Tensor tensor = direction.get(name);
        engine.copy(gradient.get(name), tensor);
        long ofTensor = SeedTree.at(seed, name);
        long[] at = new long[1];
        Gradients.replace(
            tensor,
            value -> {
              long i = at[0]++;
              boolean drawn = (SeedTree.child(ofTensor, i >>> 6) >>> (i & 63) & 1) == 1;
              return drawn ? value * scale : 0;
            });
      }
    }

    /** Points along the gradient of one tensor. */
    void pointAlong(String name, Parameters gradient, double scale) {
      Engine engine = subject.decoder().engine();
      direction.clear(engine);
      engine.copy(gradient.get(name), direction.get(name));
      Gradients.replace(direction.get(name), value -> value * scale);
    }

    /** Slope of the loss along the direction, by four points up to {@code step} away. */
    double slope(double step) {
      double near = at(step / 2) - at(-step / 2);
      double far = at(step) - at(-step);
      restore();
      return (8 * near - far) / (6 * step);
    }

    private double at(double step) {
      restore();
      Engine engine = subject.decoder().engine();
      weights.names().forEach(name -> engine.add(direction.get(name), step, weights.get(name)));
      return subject.loss(sequences);
    }

    private void restore() {
      Engine engine = subject.decoder().engine();
      weights.names().forEach(name -> engine.copy(before.get(name), weights.get(name)));
    }
  }
}
