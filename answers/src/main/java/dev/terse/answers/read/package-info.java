/** From the text of an answer to what it says, in each way it can be read. Compares nothing. */
package dev.terse.answers.read;
