/// Coroutines of Kotlin on our channels: they send, receive and choose without holding a thread, and each side sees the other's channels as its own. Needs
/// kotlinx-coroutines-core, which is optional. Its functions are Kotlin's: see `Coroutines.kt`.
package dev.parley.csp.kotlin;
