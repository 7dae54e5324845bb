/**
 * What clients ask and what they are answered, as OpenAI's interface has it; no sockets, no
 * threads.
 */
package dev.terse.serve.api;
