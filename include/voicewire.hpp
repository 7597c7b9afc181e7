// SPDX-License-Identifier: MIT OR Apache-2.0
//
// voicewire for C++17: everything of voicewire.h, header-only. What a function does, its ranges, defaults and statuses are
// told there; here is what C++ adds.
//
// Failure    A function that can fail returns outcome<T>, and objects come from functions (client::create, …) rather than
//            constructors. With exceptions outcome<T> is T, and voicewire::error is thrown. Without them (-fno-exceptions,
//            or VOICEWIRE_NO_EXCEPTIONS defined) outcome<T> is result<T>: test it, then use *it or it.error(). There is one
//            class of error; its status() says what kind it is. Both kinds of code may be in one program.
// Handles    Classes that own something of the library are move-only and free it in their destructors. Moved-from ones may
//            be assigned to or destroyed; any other call is status::invalid_argument, but that what cannot fail tells nothing
//            (no text, no elements) and close() does nothing, as it does for a session that is closed. Callbacks refer to
//            nothing that a move changes: an object may be moved while they run, and destroyed in one of its own.
// Settings   Structs of std::optional: what is not set has the default that voicewire.h tells. Texts in them are
//            std::string, since C wants a NUL after them; parameters are std::string_view. UTF-8; a NUL inside is
//            status::invalid_argument. Tokens and players in them are pointers, read during the call and not kept.
// Audio      Nothing here copies it. A chunk, and a view of one, is valid until the callback returns or the range is
//            advanced; what a decoder hands out, until its next call. view<T> is a pointer and a size, made of anything
//            contiguous, and under C++20 std::span takes one.
// Times      std::chrono. no_timeout waits without end.
// Callbacks  Anything that can be called, kept on the heap until its last call. One that gets chunks returns nothing to go
//            on, or a flow. What a callback throws does not pass through C; it is kept, stops what it is called for, and
//            comes out again
//              - of the call, when the call made the callback (stream_tts, outbox::send, outbox::deliver);
//              - of session::poll, or of wait(), which polls, when the session calls back in polls;
//              - of line::wait or turn::wait, when it calls back on the I/O thread; on_state's of session::close.
//            The first one counts; one that nobody waits for is lost with its line. A log callback's are dropped.
// Threads    As in C: any object may be used by any number of threads at once, but for moving, assigning and destroying
//            it, and for chunks, decoders and player::read, which are for one at a time.
#ifndef VOICEWIRE_HPP
#define VOICEWIRE_HPP

#include "voicewire/audio.hpp"
#include "voicewire/basics.hpp"
#include "voicewire/deepdub/client.hpp"
#include "voicewire/deepdub/issues.hpp"
#include "voicewire/deepdub/outbox.hpp"
#include "voicewire/deepdub/session.hpp"
#include "voicewire/deepdub/speech.hpp"
#include "voicewire/deepdub/text_session.hpp"
#include "voicewire/deepdub/voices.hpp"
#include "voicewire/error.hpp"
#include "voicewire/json.hpp"
#include "voicewire/log.hpp"
#include "voicewire/palabra.hpp"
#include "voicewire/player.hpp"
#include "voicewire/respeecher.hpp"
#include "voicewire/service.hpp"

#endif
