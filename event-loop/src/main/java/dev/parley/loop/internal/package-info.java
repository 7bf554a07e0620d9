/// What the loops are made of; not exported.
package dev.parley.loop.internal;
