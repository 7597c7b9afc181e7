# One run of cargo for both libraries, which it leaves in VOICEWIRE_OUT.

set(VOICEWIRE_OUT "${CMAKE_CURRENT_BINARY_DIR}/lib")
file(MAKE_DIRECTORY "${VOICEWIRE_OUT}")

# The crate types are named so that there is no rlib among them: with one, cargo optimises across crates in none of them.
set(types "")
set(outputs "")
if(VOICEWIRE_SHARED)
    list(APPEND types cdylib)
endif()
if(VOICEWIRE_STATIC)
    list(APPEND types staticlib)
endif()
if(NOT types)
    message(FATAL_ERROR "voicewire: neither VOICEWIRE_SHARED nor VOICEWIRE_STATIC is on")
endif()
list(JOIN types "," types)

# Cargo's names for where it puts things.
set(folder "${VOICEWIRE_PROFILE}")
if(folder STREQUAL "dev")
    set(folder debug)
endif()
if(VOICEWIRE_TARGET)
    set(folder "${VOICEWIRE_TARGET}/${folder}")
endif()
set(built "${VOICEWIRE_TARGET_DIR}/${folder}")

set(arguments
    rustc --manifest-path "${CMAKE_CURRENT_SOURCE_DIR}/Cargo.toml" --package voicewire --lib --locked
    --crate-type ${types} --profile ${VOICEWIRE_PROFILE} --target-dir "${VOICEWIRE_TARGET_DIR}"
    --no-default-features --features "capi,${VOICEWIRE_FEATURES}")
if(VOICEWIRE_TARGET)
    list(APPEND arguments --target ${VOICEWIRE_TARGET})
endif()

# Where it is built is nobody's business: panics tell of files as in the package, or in cargo's home. All packages have to
# be told, and in this way they are where no other flags were given (RUSTFLAGS, or a cargo configuration's for the target):
# those count, alone.
set(cargo_home "$ENV{CARGO_HOME}")
if(NOT cargo_home)
    set(cargo_home "$ENV{HOME}/.cargo")
    if(CMAKE_HOST_WIN32)
        file(TO_CMAKE_PATH "$ENV{USERPROFILE}/.cargo" cargo_home)
    endif()
endif()
file(TO_NATIVE_PATH "${CMAKE_CURRENT_SOURCE_DIR}" from_source)
file(TO_NATIVE_PATH "${cargo_home}" from_home)
# (No path with an apostrophe: it would end the string.)
if(NOT "${from_source}${from_home}" MATCHES "'")
    list(APPEND arguments --config
        "build.rustflags=['--remap-path-prefix=${from_source}=voicewire', '--remap-path-prefix=${from_home}=cargo']")
endif()

# Inlining makes a seventh of the library: what gains by it is marked, or in packages that are compiled before.
set(flags -C llvm-args=-inline-threshold=10 -C llvm-args=-inlinehint-threshold=10)

# Names by the system that is built for. What a system has not must not be a variable of a project around this one.
set(soname "")
set(link_name "")
set(import_built "")
if(WIN32)
    set(shared_built voicewire.dll)
    set(shared_name voicewire.dll)
    if(MSVC)
        set(static_name voicewire.lib)
        set(import_built voicewire.dll.lib)
    else()
        set(static_name libvoicewire.a)
        set(import_built libvoicewire.dll.a)
    endif()
elseif(APPLE)
    set(shared_built libvoicewire.dylib)
    set(shared_name libvoicewire.${PROJECT_VERSION}.dylib)
    set(soname libvoicewire.${VOICEWIRE_SOVERSION}.dylib)
    set(link_name libvoicewire.dylib)
    set(static_name libvoicewire.a)
    list(APPEND flags -C "link-arg=-Wl,-install_name,@rpath/${soname}")
else()
    set(shared_built libvoicewire.so)
    set(static_name libvoicewire.a)
    if(ANDROID)
        # Android's packages take no versions in names.
        set(shared_name libvoicewire.so)
        list(APPEND flags -C link-arg=-Wl,-soname,libvoicewire.so)
    else()
        set(shared_name libvoicewire.so.${PROJECT_VERSION})
        set(soname libvoicewire.so.${VOICEWIRE_SOVERSION})
        set(link_name libvoicewire.so)
        list(APPEND flags -C link-arg=-Wl,-soname,${soname})
    endif()
endif()

# Linkers that can fold functions that are alike are told to: lld, mold and gold; GNU's knows no such option.
set(fold -C link-arg=-Wl,--icf=all)
set(probe "${CMAKE_CURRENT_BINARY_DIR}/probe")
file(WRITE "${probe}.rs" "#![no_std]\n#[panic_handler] fn panic(_: &core::panic::PanicInfo) -> ! { loop {} }\n")
get_filename_component(rust "${VOICEWIRE_CARGO}" DIRECTORY)
find_program(VOICEWIRE_RUSTC rustc HINTS "${rust}" REQUIRED)
set(probe_target "")
if(VOICEWIRE_TARGET)
    set(probe_target --target ${VOICEWIRE_TARGET})
endif()
execute_process(
    COMMAND ${VOICEWIRE_RUSTC} --crate-type cdylib -C panic=abort ${probe_target} ${fold} -o "${probe}.out" "${probe}.rs"
    RESULT_VARIABLE folds OUTPUT_QUIET ERROR_QUIET)
if(folds EQUAL 0)
    list(APPEND flags ${fold})
endif()
list(APPEND arguments -- ${flags})

set(copies "")
if(VOICEWIRE_SHARED)
    list(APPEND outputs "${VOICEWIRE_OUT}/${shared_name}")
    list(APPEND copies COMMAND ${CMAKE_COMMAND} -E copy_if_different "${built}/${shared_built}" "${VOICEWIRE_OUT}/${shared_name}")
    if(link_name)
        list(APPEND outputs "${VOICEWIRE_OUT}/${soname}" "${VOICEWIRE_OUT}/${link_name}")
        list(APPEND copies
            COMMAND ${CMAKE_COMMAND} -E create_symlink ${shared_name} "${VOICEWIRE_OUT}/${soname}"
            COMMAND ${CMAKE_COMMAND} -E create_symlink ${soname} "${VOICEWIRE_OUT}/${link_name}")
    endif()
    if(import_built)
        list(APPEND outputs "${VOICEWIRE_OUT}/${import_built}")
        list(APPEND copies COMMAND ${CMAKE_COMMAND} -E copy_if_different "${built}/${import_built}" "${VOICEWIRE_OUT}/${import_built}")
    endif()
endif()
if(VOICEWIRE_STATIC)
    list(APPEND outputs "${VOICEWIRE_OUT}/${static_name}")
    list(APPEND copies COMMAND ${CMAKE_COMMAND} -E copy_if_different "${built}/${static_name}" "${VOICEWIRE_OUT}/${static_name}")
endif()

# Cargo knows what is up to date, so it is asked each time.
add_custom_target(voicewire_cargo ALL
    # Incremental builds are neither small nor fast to run.
    COMMAND ${CMAKE_COMMAND} -E env CARGO_INCREMENTAL=0 ${VOICEWIRE_CARGO} ${arguments}
    ${copies}
    BYPRODUCTS ${outputs}
    WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
    COMMENT "Building voicewire with cargo"
    USES_TERMINAL VERBATIM COMMAND_EXPAND_LISTS)
