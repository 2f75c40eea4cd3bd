from matricula.commands import main

main()
