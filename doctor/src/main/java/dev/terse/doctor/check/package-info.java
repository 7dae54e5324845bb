/** What the doctor looks at, one class a check; the cheap ones come first. */
package dev.terse.doctor.check;
