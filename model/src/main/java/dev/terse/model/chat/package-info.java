/** Conversations as the text and the token ids that a model is prompted with. Knows no weights. */
package dev.terse.model.chat;
