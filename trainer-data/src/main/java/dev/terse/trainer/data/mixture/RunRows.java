package dev.terse.trainer.data.mixture;

import dev.terse.io.rows.RowSource;
import java.util.Optional;

/**
 * The rows of a run.
 *
 * @param train to train on
 * @param eval to evaluate on; empty where there are none
 */
public record RunRows(RowSource train, Optional<RowSource> eval) {}
