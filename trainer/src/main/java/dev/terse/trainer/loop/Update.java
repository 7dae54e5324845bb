package dev.terse.trainer.loop;

import dev.terse.trainer.optim.Optimizer;
import java.util.Map;

/**
 * What an update found and did.
 *
 * @param loss its value
 * @param metrics under TRL's names without {@code train/}
 * @param outcome what the optimizer made of it
 * @param numTokens tokens that it read
 * @param flops floating-point operations of the matmuls that it asks for: {@link
 *     dev.terse.model.weights.Flops}
 * @param state what the next update goes on from
 */
public record Update<S>(
    double loss,
    Map<String, Double> metrics,
    Optimizer.Outcome outcome,
    long numTokens,
    double flops,
    S state) {}
