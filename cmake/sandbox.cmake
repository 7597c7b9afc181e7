# The sandbox: a run of cargo of its own, since the libraries must not contain what it needs.

set(program "voicewire-sandbox${CMAKE_EXECUTABLE_SUFFIX}")
set(arguments
    build --manifest-path "${CMAKE_CURRENT_SOURCE_DIR}/Cargo.toml" --bin voicewire-sandbox --locked
    --profile ${VOICEWIRE_PROFILE} --target-dir "${VOICEWIRE_TARGET_DIR}")
if(VOICEWIRE_TARGET)
    list(APPEND arguments --target ${VOICEWIRE_TARGET})
endif()

add_custom_target(voicewire_sandbox ALL
    COMMAND ${VOICEWIRE_CARGO} ${arguments}
    COMMAND ${CMAKE_COMMAND} -E copy_if_different "${built}/${program}" "${VOICEWIRE_OUT}/${program}"
    BYPRODUCTS "${VOICEWIRE_OUT}/${program}"
    WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
    COMMENT "Building voicewire's sandbox with cargo"
    USES_TERMINAL VERBATIM COMMAND_EXPAND_LISTS)

add_executable(voicewire::sandbox IMPORTED GLOBAL)
set_target_properties(voicewire::sandbox PROPERTIES IMPORTED_LOCATION "${VOICEWIRE_OUT}/${program}")
add_dependencies(voicewire::sandbox voicewire_sandbox)

if(VOICEWIRE_INSTALL)
    install(PROGRAMS "${VOICEWIRE_OUT}/${program}" DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT sandbox)
endif()
