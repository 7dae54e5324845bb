package dev.terse.reward;

/** One named part of a reward. Pure: the same sample gives the same number. */
public interface RewardTerm {

  /** Name in configuration and metrics ({@code rewards/<name>/mean}). */
  String name();

  /** The value for {@code sample}; NaN means that the term has nothing to say (TRL: None). */
  double of(Sample sample);
}
