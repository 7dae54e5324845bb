package dev.terse.serve.text;

/**
 * Cuts a text that comes in pieces into thinking and answer: the thinking is between {@code
 * <think>}, where the prompt or the text begins with it, and {@code </think>}. The marks belong to
 * neither; nothing else is lost or trimmed.
 */
public final class ThinkingSplit {
  private static final String OPENING = "<think>";
  private static final String CLOSING = "</think>";

  private enum Place {
    START,
    THINKING,
    ANSWER
  }

  /**
   * What of a piece belongs where; empty texts where nothing does.
   *
   * @param reasoning thinking
   * @param content answer
   */
  public record Piece(String reasoning, String content) {}

  private final StringBuilder held = new StringBuilder();
  private Place place;

  /**
   * @param opened whether the prompt has opened the thinking
   */
  public ThinkingSplit(boolean opened) {
    place = opened ? Place.THINKING : Place.START;
  }

  /**
   * @param last whether no more will come
   */
  public Piece add(String text, boolean last) {
    held.append(text);
    StringBuilder reasoning = new StringBuilder();
    if (place == Place.START) {
      if (held.indexOf(OPENING) == 0) {
        held.delete(0, OPENING.length());
        place = Place.THINKING;
      } else if (last || !OPENING.startsWith(held.toString())) {
        place = Place.ANSWER;
      } else {
        return new Piece("", "");
      }
    }
    if (place == Place.THINKING) {
      int end = held.indexOf(CLOSING);
      int certain =
          end >= 0 ? end : last ? held.length() : held.length() - TextStream.overlap(held, CLOSING);
      reasoning.append(held, 0, certain);
      held.delete(0, end >= 0 ? end + CLOSING.length() : certain);
      if (end < 0) {
        return new Piece(reasoning.toString(), "");
      }
      place = Place.ANSWER;
    }
    String content = held.toString();
    held.setLength(0);
    return new Piece(reasoning.toString(), content);
  }
}
