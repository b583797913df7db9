from journey.app.main import main

main()
