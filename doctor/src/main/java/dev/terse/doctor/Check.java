package dev.terse.doctor;

import java.io.IOException;
import java.util.List;

/** Looks at one thing and changes nothing. */
public interface Check {

  /** What it looks at, a word or two: the subject of the verdict where it fails. */
  String subject();

  /**
   * Looks.
   *
   * @return what was found; none where there is nothing to look at
   * @throws IllegalArgumentException with the sentence by which the run itself would be refused
   * @throws NotThereException where an earlier check has told why this one cannot look
   */
  List<Finding> look() throws IOException;
}
