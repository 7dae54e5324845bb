package dev.terse.doctor.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextHashesTest {

  @Test
  void texts_thatDifferInBlanksAndLettersOnly_areTheSame() {
    TextHashes hashes = new TextHashes();
    assertThat(hashes.seen("What is  2+3?\n", 1)).isEqualTo(-1);
    assertThat(hashes.seen(" what IS 2+3?", 2)).isEqualTo(1);
    assertThat(hashes.find("what is ２+3?")).as("a wide digit").isEqualTo(1);
    assertThat(hashes.find("what is 2-3?")).as("another sign").isEqualTo(-1);
  }

  @Test
  void rows_areFoundAgain_howeverManyThereAre() {
    TextHashes hashes = new TextHashes();
    for (int row = 0; row < 5000; row++) {
      assertThat(hashes.seen("text " + row, row)).isEqualTo(-1);
    }
    for (int row = 0; row < 5000; row++) {
      assertThat(hashes.find("text " + row)).isEqualTo(row);
    }
    assertThat(hashes.isWhole()).isTrue();
  }
}
