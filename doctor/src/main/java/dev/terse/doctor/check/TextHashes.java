package dev.terse.doctor.check;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;

/**
 * Which texts were seen, and in which row: 64 bits of SHA-256 of each, in open addressing, 12 bytes
 * an entry. Of more than {@link #MOST} rows the first are remembered.
 */
final class TextHashes {
  /** Entries that are remembered: 50 MB at most. */
  static final int MOST = 2_000_000;

  private static final int NONE = -1;

  private final MessageDigest digest;
  private long[] hashes = new long[1 << 10];
  private int[] rows = new int[1 << 10];
  private int size;

  TextHashes() {
    Arrays.fill(rows, NONE);
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Whether every row was remembered. */
  boolean isWhole() {
    return size < MOST;
  }

  /** What counts as the same text: NFKC, small letters, one blank for all white space. */
  static String normalized(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFKC)
        .toLowerCase(Locale.ROOT)
        .replaceAll("\\s+", " ")
        .strip();
  }

  /** The row in which the same text was seen first, or -1; remembered if it is new. */
  int seen(String text, int row) {
    return at(hash(text), row, true);
  }

  /** The row in which the same text was seen first, or -1. */
  int find(String text) {
    return at(hash(text), NONE, false);
  }

  private int at(long hash, int row, boolean add) {
    int mask = rows.length - 1;
    int slot = (int) hash & mask;
    while (rows[slot] != NONE) {
      if (hashes[slot] == hash) {
        return rows[slot];
      }
      slot = (slot + 1) & mask;
    }
    if (add && size < MOST) {
      hashes[slot] = hash;
      rows[slot] = row;
      size++;
      if (2 * size > rows.length) {
        grow();
      }
    }
    return NONE;
  }

  private void grow() {
    long[] oldHashes = hashes;
    int[] oldRows = rows;
    hashes = new long[2 * oldRows.length];
    rows = new int[2 * oldRows.length];
    Arrays.fill(rows, NONE);
    int mask = rows.length - 1;
    for (int i = 0; i < oldRows.length; i++) {
      if (oldRows[i] != NONE) {
        int slot = (int) oldHashes[i] & mask;
        while (rows[slot] != NONE) {
          slot = (slot + 1) & mask;
        }
        hashes[slot] = oldHashes[i];
        rows[slot] = oldRows[i];
      }
    }
  }

  private long hash(String text) {
    byte[] bytes = normalized(text).getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.wrap(digest.digest(bytes)).getLong();
  }
}
