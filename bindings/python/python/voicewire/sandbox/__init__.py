"""A local stand-in for the speech services, in this process: for development and tests, with no account and no network.

    from voicewire.sandbox import Sandbox

    with Sandbox() as sandbox, sandbox.client() as client:
        client.tts("Welcome to the show.", "any voice", format="wav").save("welcome.wav")

`python -m voicewire.sandbox` runs one for other programs.
"""

try:
    from .._voicewire import Sandbox
except ImportError:
    raise ImportError("this build of voicewire has no sandbox: build it with the feature 'sandbox'") from None

__all__ = ["Sandbox"]
