package dev.terse.cli.command;

/** Ends of the sentences that tell of options. */
final class OptionText {
  /** What holds where the option is left out; picocli fills it in. */
  static final String DEFAULT = " Default: ${DEFAULT-VALUE}.";

  private OptionText() {}
}
